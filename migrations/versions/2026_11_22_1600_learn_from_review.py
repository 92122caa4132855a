"""Keep what was understood for review, what staff decide, unknown places and the operator's words.

Takes locks on: messages, reports, localities and categories for a moment, as new foreign keys point at them.

Revision: 2026_11_22_1600
After: 2026_11_22_1500
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_22_1600"
down_revision = "2026_11_22_1500"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "readings",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=True),
        sa.Column("reference", sa.String(length=8), nullable=True),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("danger", sa.Boolean(), nullable=False),
        sa.Column("understood", JSON, nullable=False),
        sa.Column("scores", JSON, nullable=False),
        sa.Column("places", JSON, nullable=False),
        sa.Column("fragments", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["category_id"], ["categories.id"], name=op.f("fk_readings_category_id")),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_readings_message_id")),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_readings_report_id")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_readings")),
    )
    op.create_index("ix_readings_report_id", "readings", ["report_id"], unique=False)
    op.create_table(
        "unknown_places",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dismissed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unknown_places")),
    )
    op.create_table(
        "unknown_place_mentions",
        sa.Column("place_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("near_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_unknown_place_mentions_message_id")),
        sa.ForeignKeyConstraint(["near_id"], ["localities.id"], name=op.f("fk_unknown_place_mentions_near_id")),
        sa.ForeignKeyConstraint(["place_id"], ["unknown_places.id"], name=op.f("fk_unknown_place_mentions_place_id")),
        sa.PrimaryKeyConstraint("place_id", "message_id", name=op.f("pk_unknown_place_mentions")),
    )
    op.create_index("ix_unknown_place_mentions_message_id", "unknown_place_mentions", ["message_id"], unique=False)
    op.create_table(
        "lexicon_terms",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("phrase", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["category_id"], ["categories.id"], name=op.f("fk_lexicon_terms_category_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lexicon_terms")),
        sa.UniqueConstraint("phrase", name=op.f("uq_lexicon_terms_phrase")),
    )
    op.create_table(
        "labelled_examples",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.String(length=8), nullable=False),
        sa.Column("given", JSON, nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("copied_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("action IN ('accept', 'correct', 'reject')", name=op.f("ck_labelled_examples_action")),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_labelled_examples_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_labelled_examples")),
    )
    op.create_index("ix_labelled_examples_message_id", "labelled_examples", ["message_id", "decided_at"], unique=False)
    op.create_table(
        "training_examples",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("key_version", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_examples")),
    )


def downgrade() -> None:
    op.drop_table("training_examples")
    op.drop_table("labelled_examples")
    op.drop_table("lexicon_terms")
    op.drop_table("unknown_place_mentions")
    op.drop_table("unknown_places")
    op.drop_table("readings")
