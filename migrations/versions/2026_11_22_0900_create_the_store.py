"""Create the store.

Takes locks on: nothing: every table is new.

Revision: 2026_11_22_0900
After: nothing
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_22_0900"
down_revision = None
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "categories",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("iccs", sa.String(length=16), nullable=True),
        sa.Column("protect", sa.String(length=16), nullable=False),
        sa.Column("desk_kind", sa.String(length=32), nullable=False),
        sa.Column("min_level", sa.SmallInteger(), nullable=False),
        sa.Column("min_count", sa.SmallInteger(), nullable=False),
        sa.Column("delay_days", sa.SmallInteger(), nullable=False),
        sa.Column("echo", sa.Boolean(), nullable=False),
        sa.Column("danger", sa.String(length=8), nullable=False),
        sa.CheckConstraint("danger IN ('no', 'if_now', 'always')", name=op.f("ck_categories_danger")),
        sa.CheckConstraint("protect IN ('none', 'survivor', 'agent', 'armed')", name=op.f("ck_categories_protect")),
        sa.ForeignKeyConstraint(["parent_id"], ["categories.id"], name=op.f("fk_categories_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_categories")),
        sa.UniqueConstraint("code", name=op.f("uq_categories_code")),
    )
    op.create_table(
        "job_states",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("slot", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=80), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_job_states")),
    )
    op.create_table(
        "localities",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("timezone", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_localities")),
        sa.UniqueConstraint("code", name=op.f("uq_localities_code")),
    )
    op.create_table(
        "reference_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_reference_version_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reference_version")),
    )
    op.create_table(
        "tally_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_version", sa.Integer(), nullable=False),
        sa.Column("full_version", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_tally_versions_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tally_versions")),
    )
    op.create_table(
        "vault_checks",
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_vault_checks")),
    )
    op.create_table(
        "category_labels",
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["category_id"], ["categories.id"], name=op.f("fk_category_labels_category_id")),
        sa.PrimaryKeyConstraint("category_id", "language", name=op.f("pk_category_labels")),
    )
    op.create_table(
        "category_merges",
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("into_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["category_id"], ["categories.id"], name=op.f("fk_category_merges_category_id")),
        sa.ForeignKeyConstraint(["into_id"], ["categories.id"], name=op.f("fk_category_merges_into_id")),
        sa.PrimaryKeyConstraint("category_id", name=op.f("pk_category_merges")),
    )
    op.create_table(
        "channels",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("provider", sa.String(length=32), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=True),
        sa.Column("secrets", sa.LargeBinary(), nullable=True),
        sa.Column("secrets_version", sa.SmallInteger(), nullable=True),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("free_to_sender", sa.Boolean(), nullable=False),
        sa.Column("receipt_only", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fault", sa.String(length=64), nullable=True),
        sa.Column("fault_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["localities.id"], name=op.f("fk_channels_area_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channels")),
        sa.UniqueConstraint("name", name=op.f("uq_channels_name")),
    )
    op.create_table(
        "emergency_numbers",
        sa.Column("locality_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("tested_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["locality_id"], ["localities.id"], name=op.f("fk_emergency_numbers_locality_id")),
        sa.PrimaryKeyConstraint("locality_id", name=op.f("pk_emergency_numbers")),
    )
    op.create_table(
        "incidents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("locality_id", sa.Integer(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("killed", sa.Integer(), nullable=False),
        sa.Column("injured", sa.Integer(), nullable=False),
        sa.Column("killed_stated", sa.Integer(), nullable=True),
        sa.Column("injured_stated", sa.Integer(), nullable=True),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["category_id"], ["categories.id"], name=op.f("fk_incidents_category_id")),
        sa.ForeignKeyConstraint(["locality_id"], ["localities.id"], name=op.f("fk_incidents_locality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
    )
    with op.batch_alter_table("incidents", schema=None) as batch_op:
        batch_op.create_index("ix_incidents_place_and_day", ["locality_id", "occurred_on"], unique=False)

    op.create_table(
        "keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", JSON, nullable=False),
        sa.Column("locality_id", sa.Integer(), nullable=True),
        sa.Column("body", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("body IN ('police', 'administration', 'other')", name=op.f("ck_keys_body")),
        sa.ForeignKeyConstraint(["locality_id"], ["localities.id"], name=op.f("fk_keys_locality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_keys")),
        sa.UniqueConstraint("digest", name=op.f("uq_keys_digest")),
        sa.UniqueConstraint("name", name=op.f("uq_keys_name")),
    )
    op.create_table(
        "locality_ancestors",
        sa.Column("locality_id", sa.Integer(), nullable=False),
        sa.Column("ancestor_id", sa.Integer(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=False),
        sa.Column("distance", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(["ancestor_id"], ["localities.id"], name=op.f("fk_locality_ancestors_ancestor_id")),
        sa.ForeignKeyConstraint(["locality_id"], ["localities.id"], name=op.f("fk_locality_ancestors_locality_id")),
        sa.PrimaryKeyConstraint("locality_id", "ancestor_id", "from_day", name=op.f("pk_locality_ancestors")),
    )
    with op.batch_alter_table("locality_ancestors", schema=None) as batch_op:
        batch_op.create_index("ix_locality_ancestors_ancestor_id", ["ancestor_id"], unique=False)

    op.create_table(
        "locality_names",
        sa.Column("locality_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("main", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["locality_id"], ["localities.id"], name=op.f("fk_locality_names_locality_id")),
        sa.PrimaryKeyConstraint("locality_id", "name", "language", name=op.f("pk_locality_names")),
    )
    op.create_table(
        "locality_parents",
        sa.Column("locality_id", sa.Integer(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["locality_id"], ["localities.id"], name=op.f("fk_locality_parents_locality_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["localities.id"], name=op.f("fk_locality_parents_parent_id")),
        sa.PrimaryKeyConstraint("locality_id", "from_day", name=op.f("pk_locality_parents")),
    )
    with op.batch_alter_table("locality_parents", schema=None) as batch_op:
        batch_op.create_index("ix_locality_parents_parent_id", ["parent_id"], unique=False)

    op.create_table(
        "locality_populations",
        sa.Column("locality_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["locality_id"], ["localities.id"], name=op.f("fk_locality_populations_locality_id")),
        sa.PrimaryKeyConstraint("locality_id", "year", name=op.f("pk_locality_populations")),
    )
    op.create_table(
        "reporters",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number_index", sa.LargeBinary(), nullable=True),
        sa.Column("index_version", sa.SmallInteger(), nullable=True),
        sa.Column("number", sa.LargeBinary(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("home_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('citizen', 'officer', 'monitor', 'relay', 'staff')", name=op.f("ck_reporters_kind")
        ),
        sa.ForeignKeyConstraint(["home_id"], ["localities.id"], name=op.f("fk_reporters_home_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reporters")),
        sa.UniqueConstraint("number_index", name=op.f("uq_reporters_number_index")),
    )
    op.create_table(
        "tallies",
        sa.Column("locality_id", sa.Integer(), nullable=False),
        sa.Column("grain", sa.String(length=8), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("category_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reports", sa.Integer(), nullable=False),
        sa.Column("incidents", sa.Integer(), nullable=False),
        sa.Column("killed", sa.Integer(), nullable=False),
        sa.Column("injured", sa.Integer(), nullable=False),
        sa.Column("confirmed", sa.Integer(), nullable=False),
        sa.Column("referred", sa.Integer(), nullable=False),
        sa.Column("resolved", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("reporters", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["locality_id"], ["localities.id"], name=op.f("fk_tallies_locality_id")),
        sa.PrimaryKeyConstraint("locality_id", "grain", "start", "category_id", name=op.f("pk_tallies")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "data_keys",
        sa.Column("reporter_id", sa.Uuid(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("wrapping_version", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(["reporter_id"], ["reporters.id"], name=op.f("fk_data_keys_reporter_id")),
        sa.PrimaryKeyConstraint("reporter_id", name=op.f("pk_data_keys")),
    )
    op.create_table(
        "deliveries",
        sa.Column("sequence", BIG_ID, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("tag", sa.LargeBinary(), nullable=False),
        sa.Column("tag_version", sa.SmallInteger(), nullable=False),
        sa.Column("content_tag", sa.LargeBinary(), nullable=True),
        sa.Column("sender_tag", sa.LargeBinary(), nullable=True),
        sa.Column("reference", sa.String(length=8), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("inbox_version", sa.SmallInteger(), nullable=True),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("error", sa.String(length=80), nullable=True),
        sa.CheckConstraint("kind IN ('text', 'status')", name=op.f("ck_deliveries_kind")),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name=op.f("fk_deliveries_channel_id")),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("channel_id", "tag", name="uq_deliveries_channel_id_tag"),
        sa.UniqueConstraint("reference", name=op.f("uq_deliveries_reference")),
    )
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.create_index(
            "ix_deliveries_pending",
            ["sequence"],
            unique=False,
            postgresql_where=sa.text("sealed IS NOT NULL"),
            sqlite_where=sa.text("sealed IS NOT NULL"),
        )

    op.create_table(
        "events",
        sa.Column("sequence", BIG_ID, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("reporter_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("pending", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["reporter_id"], ["reporters.id"], name=op.f("fk_events_reporter_id")),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_events")),
        sa.UniqueConstraint("position", name=op.f("uq_events_position")),
    )
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index(
            "ix_events_pending",
            ["sequence"],
            unique=False,
            postgresql_where=sa.text("pending"),
            sqlite_where=sa.text("pending"),
        )
        batch_op.create_index(
            "ix_events_reporter_id",
            ["reporter_id"],
            unique=False,
            postgresql_where=sa.text("reporter_id IS NOT NULL"),
            sqlite_where=sa.text("reporter_id IS NOT NULL"),
        )
        batch_op.create_index("ix_events_subject", ["subject"], unique=False)

    op.create_table(
        "opt_outs",
        sa.Column("reporter_id", sa.Uuid(), nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name=op.f("fk_opt_outs_channel_id")),
        sa.ForeignKeyConstraint(["reporter_id"], ["reporters.id"], name=op.f("fk_opt_outs_reporter_id")),
        sa.PrimaryKeyConstraint("reporter_id", "channel_id", name=op.f("pk_opt_outs")),
    )
    op.create_table(
        "reports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=8), nullable=True),
        sa.Column("reporter_id", sa.Uuid(), nullable=True),
        sa.Column("channel_id", sa.Integer(), nullable=True),
        sa.Column("incident_id", sa.Uuid(), nullable=True),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("close_reason", sa.String(length=16), nullable=True),
        sa.Column("credibility", sa.String(length=16), nullable=False),
        sa.Column("protect", sa.String(length=16), nullable=False),
        sa.Column("danger", sa.Boolean(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("confidence", sa.SmallInteger(), nullable=True),
        sa.Column("locality_id", sa.Integer(), nullable=True),
        sa.Column("occurred_on", sa.Date(), nullable=True),
        sa.Column("day_basis", sa.String(length=8), nullable=True),
        sa.Column("killed", sa.Integer(), nullable=True),
        sa.Column("injured", sa.Integer(), nullable=True),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("review", sa.String(length=40), nullable=True),
        sa.Column("dataset", sa.String(length=120), nullable=True),
        sa.Column("dataset_key", sa.String(length=200), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("(status = 'closed') = (close_reason IS NOT NULL)", name=op.f("ck_reports_close_reason")),
        sa.CheckConstraint(
            "credibility IN ('unassessed', 'confirmed', 'doubtful', 'false')", name=op.f("ck_reports_credibility")
        ),
        sa.CheckConstraint("protect IN ('none', 'survivor', 'agent', 'armed')", name=op.f("ck_reports_protect")),
        sa.CheckConstraint(
            "status IN ('waiting', 'open', 'referred', 'resolved', 'closed')", name=op.f("ck_reports_status")
        ),
        sa.ForeignKeyConstraint(["category_id"], ["categories.id"], name=op.f("fk_reports_category_id")),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name=op.f("fk_reports_channel_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_reports_incident_id")),
        sa.ForeignKeyConstraint(["locality_id"], ["localities.id"], name=op.f("fk_reports_locality_id")),
        sa.ForeignKeyConstraint(["reporter_id"], ["reporters.id"], name=op.f("fk_reports_reporter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint("dataset", "dataset_key", name="uq_reports_dataset_dataset_key"),
        sa.UniqueConstraint("reference", name=op.f("uq_reports_reference")),
    )
    with op.batch_alter_table("reports", schema=None) as batch_op:
        batch_op.create_index("ix_reports_changed_at", ["changed_at", "id"], unique=False)
        batch_op.create_index("ix_reports_incident_id", ["incident_id"], unique=False)
        batch_op.create_index("ix_reports_place_and_day", ["locality_id", "occurred_on"], unique=False)
        batch_op.create_index("ix_reports_reporter_id", ["reporter_id"], unique=False)
        batch_op.create_index(
            "ix_reports_review",
            ["review"],
            unique=False,
            postgresql_where=sa.text("review IS NOT NULL"),
            sqlite_where=sa.text("review IS NOT NULL"),
        )

    op.create_table(
        "tally_changes",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("locality_id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("in_all", sa.Boolean(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reporter_id", sa.Uuid(), nullable=True),
        sa.Column("reports", sa.Integer(), nullable=False),
        sa.Column("incidents", sa.Integer(), nullable=False),
        sa.Column("killed", sa.Integer(), nullable=False),
        sa.Column("injured", sa.Integer(), nullable=False),
        sa.Column("confirmed", sa.Integer(), nullable=False),
        sa.Column("referred", sa.Integer(), nullable=False),
        sa.Column("resolved", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["locality_id"], ["localities.id"], name=op.f("fk_tally_changes_locality_id")),
        sa.ForeignKeyConstraint(["reporter_id"], ["reporters.id"], name=op.f("fk_tally_changes_reporter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tally_changes")),
    )
    op.create_table(
        "event_work",
        sa.Column("event_sequence", BIG_ID, nullable=False),
        sa.Column("handler", sa.String(length=64), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("error", sa.String(length=80), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["event_sequence"], ["events.sequence"], name=op.f("fk_event_work_event_sequence")),
        sa.PrimaryKeyConstraint("event_sequence", "handler", name=op.f("pk_event_work")),
    )
    op.create_table(
        "messages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reporter_id", sa.Uuid(), nullable=True),
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=True),
        sa.Column("in_reply_to", sa.Uuid(), nullable=True),
        sa.Column("direction", sa.String(length=4), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("envelope", sa.LargeBinary(), nullable=True),
        sa.Column("provider_tag", sa.LargeBinary(), nullable=True),
        sa.Column("media_count", sa.SmallInteger(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("protect", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=True),
        sa.Column("review", sa.String(length=40), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("counted_at_id", sa.Integer(), nullable=True),
        sa.Column("counted_on", sa.Date(), nullable=True),
        sa.Column("purpose", sa.String(length=32), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=True),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error_code", sa.String(length=40), nullable=True),
        sa.CheckConstraint("direction IN ('in', 'out')", name=op.f("ck_messages_direction")),
        sa.CheckConstraint("protect IN ('none', 'survivor', 'agent', 'armed')", name=op.f("ck_messages_protect")),
        sa.CheckConstraint(
            "status IN ('queued', 'sending', 'sent', 'delivered', 'undelivered', 'failed', 'cancelled', 'unknown')",
            name=op.f("ck_messages_status"),
        ),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name=op.f("fk_messages_channel_id")),
        sa.ForeignKeyConstraint(["counted_at_id"], ["localities.id"], name=op.f("fk_messages_counted_at_id")),
        sa.ForeignKeyConstraint(["in_reply_to"], ["messages.id"], name=op.f("fk_messages_in_reply_to")),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_messages_report_id")),
        sa.ForeignKeyConstraint(["reporter_id"], ["reporters.id"], name=op.f("fk_messages_reporter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
    )
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.create_index(
            "ix_messages_attempted_at",
            ["attempted_at"],
            unique=False,
            postgresql_where=sa.text("attempted_at IS NOT NULL"),
            sqlite_where=sa.text("attempted_at IS NOT NULL"),
        )
        batch_op.create_index("ix_messages_created_at", ["created_at", "id"], unique=False)
        batch_op.create_index(
            "ix_messages_due_at",
            ["due_at"],
            unique=False,
            postgresql_where=sa.text("status IN ('queued', 'sending')"),
            sqlite_where=sa.text("status IN ('queued', 'sending')"),
        )
        batch_op.create_index(
            "ix_messages_not_delivered",
            ["status", "created_at"],
            unique=False,
            postgresql_where=sa.text("status IN ('unknown', 'failed', 'undelivered')"),
            sqlite_where=sa.text("status IN ('unknown', 'failed', 'undelivered')"),
        )
        batch_op.create_index(
            "ix_messages_provider_tag",
            ["provider_tag"],
            unique=False,
            postgresql_where=sa.text("provider_tag IS NOT NULL"),
            sqlite_where=sa.text("provider_tag IS NOT NULL"),
        )
        batch_op.create_index("ix_messages_report_id", ["report_id"], unique=False)
        batch_op.create_index("ix_messages_reporter_id", ["reporter_id", "created_at"], unique=False)
        batch_op.create_index(
            "ix_messages_review",
            ["review"],
            unique=False,
            postgresql_where=sa.text("review IS NOT NULL"),
            sqlite_where=sa.text("review IS NOT NULL"),
        )
    op.execute("INSERT INTO reference_version (id, version) VALUES (1, 1)")
    op.execute("INSERT INTO tally_versions (id, public_version, full_version) VALUES (1, 0, 0)")


def downgrade() -> None:
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_messages_review",
            postgresql_where=sa.text("review IS NOT NULL"),
            sqlite_where=sa.text("review IS NOT NULL"),
        )
        batch_op.drop_index("ix_messages_reporter_id")
        batch_op.drop_index("ix_messages_report_id")
        batch_op.drop_index(
            "ix_messages_provider_tag",
            postgresql_where=sa.text("provider_tag IS NOT NULL"),
            sqlite_where=sa.text("provider_tag IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_messages_not_delivered",
            postgresql_where=sa.text("status IN ('unknown', 'failed', 'undelivered')"),
            sqlite_where=sa.text("status IN ('unknown', 'failed', 'undelivered')"),
        )
        batch_op.drop_index(
            "ix_messages_due_at",
            postgresql_where=sa.text("status IN ('queued', 'sending')"),
            sqlite_where=sa.text("status IN ('queued', 'sending')"),
        )
        batch_op.drop_index("ix_messages_created_at")
        batch_op.drop_index(
            "ix_messages_attempted_at",
            postgresql_where=sa.text("attempted_at IS NOT NULL"),
            sqlite_where=sa.text("attempted_at IS NOT NULL"),
        )

    op.drop_table("messages")
    op.drop_table("event_work")
    op.drop_table("tally_changes")
    with op.batch_alter_table("reports", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_reports_review",
            postgresql_where=sa.text("review IS NOT NULL"),
            sqlite_where=sa.text("review IS NOT NULL"),
        )
        batch_op.drop_index("ix_reports_reporter_id")
        batch_op.drop_index("ix_reports_place_and_day")
        batch_op.drop_index("ix_reports_incident_id")
        batch_op.drop_index("ix_reports_changed_at")

    op.drop_table("reports")
    op.drop_table("opt_outs")
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_index("ix_events_subject")
        batch_op.drop_index(
            "ix_events_reporter_id",
            postgresql_where=sa.text("reporter_id IS NOT NULL"),
            sqlite_where=sa.text("reporter_id IS NOT NULL"),
        )
        batch_op.drop_index("ix_events_pending", postgresql_where=sa.text("pending"), sqlite_where=sa.text("pending"))

    op.drop_table("events")
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_deliveries_pending",
            postgresql_where=sa.text("sealed IS NOT NULL"),
            sqlite_where=sa.text("sealed IS NOT NULL"),
        )

    op.drop_table("deliveries")
    op.drop_table("data_keys")
    op.drop_table("tallies")
    op.drop_table("reporters")
    op.drop_table("locality_populations")
    with op.batch_alter_table("locality_parents", schema=None) as batch_op:
        batch_op.drop_index("ix_locality_parents_parent_id")

    op.drop_table("locality_parents")
    op.drop_table("locality_names")
    with op.batch_alter_table("locality_ancestors", schema=None) as batch_op:
        batch_op.drop_index("ix_locality_ancestors_ancestor_id")

    op.drop_table("locality_ancestors")
    op.drop_table("keys")
    with op.batch_alter_table("incidents", schema=None) as batch_op:
        batch_op.drop_index("ix_incidents_place_and_day")

    op.drop_table("incidents")
    op.drop_table("emergency_numbers")
    op.drop_table("channels")
    op.drop_table("category_merges")
    op.drop_table("category_labels")
    op.drop_table("vault_checks")
    op.drop_table("tally_versions")
    op.drop_table("reference_version")
    op.drop_table("localities")
    op.drop_table("job_states")
    op.drop_table("categories")
