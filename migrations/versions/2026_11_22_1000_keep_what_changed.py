"""Keep what changed: the history of tallies, causes, what staff state of an incident, reports that left.

Takes locks on: tally_changes, tallies, incidents, reports, each for the moment a column is added. The release before
goes on working but for its tally_versions, which this one keeps per protection: stop it first. Distinct reporters of
what was counted before are unknown until `kibaro migrate` has counted anew, which it does by itself.

Revision: 2026_11_22_1000
After: 2026_11_22_0900
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_1000"
down_revision = "2026_11_22_0900"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MEASURES = ("reports", "incidents", "killed", "injured", "confirmed", "referred", "resolved", "waiting", "messages")


def upgrade() -> None:
    op.create_table(
        "tally_history",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("slot", sa.DateTime(timezone=True), nullable=True),
        sa.Column("locality_id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("in_all", sa.Boolean(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("cause", sa.String(length=40), nullable=False),
        sa.Column("revises", sa.Boolean(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in MEASURES),
        sa.ForeignKeyConstraint(["locality_id"], ["localities.id"], name=op.f("fk_tally_history_locality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tally_history")),
    )
    with op.batch_alter_table("tally_history", schema=None) as batch_op:
        batch_op.create_index("ix_tally_history_slot", ["slot"], unique=False)
        batch_op.create_index(
            "ix_tally_history_revises",
            ["id"],
            unique=False,
            postgresql_where=sa.text("revises"),
            sqlite_where=sa.text("revises"),
        )
    op.execute(
        "INSERT INTO job_states (name, slot, failures) "
        "SELECT 'history', CURRENT_TIMESTAMP, 0 WHERE EXISTS (SELECT 1 FROM tallies)"
    )
    with op.batch_alter_table("tally_changes", schema=None) as batch_op:
        # An erased reporter's identifier stands here for the seconds until the fold, when its row is gone already.
        batch_op.drop_constraint("fk_tally_changes_reporter_id", type_="foreignkey")
        batch_op.add_column(sa.Column("cause", sa.String(length=40), nullable=False, server_default="report.opened"))
    with op.batch_alter_table("tally_changes", schema=None) as batch_op:
        batch_op.alter_column("cause", server_default=None)
    op.drop_table("tally_versions")
    op.create_table(
        "tally_versions",
        sa.Column("protect", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("protect", name=op.f("pk_tally_versions")),
    )
    op.execute(
        "INSERT INTO tally_versions (protect, version) VALUES ('none', 1), ('survivor', 1), ('agent', 1), ('armed', 1)"
    )
    with op.batch_alter_table("incidents", schema=None) as batch_op:
        batch_op.add_column(sa.Column("stated_category_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("stated_locality_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("stated_on", sa.Date(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_incidents_stated_category_id"), "categories", ["stated_category_id"], ["id"]
        )
        batch_op.create_foreign_key(
            op.f("fk_incidents_stated_locality_id"), "localities", ["stated_locality_id"], ["id"]
        )
        batch_op.create_index("ix_incidents_changed_at", ["changed_at", "id"], unique=False)
    with op.batch_alter_table("reports", schema=None) as batch_op:
        batch_op.add_column(sa.Column("desk", sa.String(length=32), nullable=True))
    op.create_table(
        "report_departures",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("protect", sa.String(length=16), nullable=False),
        sa.Column("locality_id", sa.Integer(), nullable=True),
        sa.Column("occurred_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["locality_id"], ["localities.id"], name=op.f("fk_report_departures_locality_id")),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_report_departures_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_departures")),
    )
    with op.batch_alter_table("report_departures", schema=None) as batch_op:
        batch_op.create_index("ix_report_departures_left_at", ["left_at"], unique=False)


def downgrade() -> None:
    op.drop_table("report_departures")
    with op.batch_alter_table("reports", schema=None) as batch_op:
        batch_op.drop_column("desk")
    with op.batch_alter_table("incidents", schema=None) as batch_op:
        batch_op.drop_index("ix_incidents_changed_at")
        batch_op.drop_constraint("fk_incidents_stated_locality_id", type_="foreignkey")
        batch_op.drop_constraint("fk_incidents_stated_category_id", type_="foreignkey")
        batch_op.drop_column("stated_on")
        batch_op.drop_column("stated_locality_id")
        batch_op.drop_column("stated_category_id")
    op.drop_table("tally_versions")
    op.create_table(
        "tally_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_version", sa.Integer(), nullable=False),
        sa.Column("full_version", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_tally_versions_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tally_versions")),
    )
    op.execute("INSERT INTO tally_versions (id, public_version, full_version) VALUES (1, 1, 1)")
    op.execute(
        "DELETE FROM tally_changes WHERE reporter_id IS NOT NULL AND reporter_id NOT IN (SELECT id FROM reporters)"
    )
    with op.batch_alter_table("tally_changes", schema=None) as batch_op:
        batch_op.drop_column("cause")
        batch_op.create_foreign_key(op.f("fk_tally_changes_reporter_id"), "reporters", ["reporter_id"], ["id"])
    op.drop_table("tally_history")
    op.execute("DELETE FROM job_states WHERE name = 'history'")
