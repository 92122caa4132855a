"""Create signals and the calendar of what moves texting.

Takes locks on: nothing that is written to: every table is new.

Revision: 2026_11_22_1200
After: 2026_11_22_1100
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_1200"
down_revision = "2026_11_22_1100"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_notes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("locality_id", sa.Integer(), nullable=True),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('radio', 'airtime', 'outage', 'campaign', 'other')", name=op.f("ck_calendar_notes_kind")
        ),
        sa.ForeignKeyConstraint(["locality_id"], ["localities.id"], name=op.f("fk_calendar_notes_locality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_notes")),
    )
    op.create_table(
        "signals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("locality_id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("grain", sa.String(length=8), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("direction", sa.String(length=4), nullable=False),
        sa.Column("incidents", sa.Integer(), nullable=False),
        sa.Column("expected", sa.Double(), nullable=False),
        sa.Column("low", sa.Double(), nullable=False),
        sa.Column("high", sa.Double(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("grain IN ('week', 'month', 'quarter')", name=op.f("ck_signals_grain")),
        sa.CheckConstraint("direction IN ('more', 'less')", name=op.f("ck_signals_direction")),
        sa.ForeignKeyConstraint(["locality_id"], ["localities.id"], name=op.f("fk_signals_locality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signals")),
        sa.UniqueConstraint("locality_id", "category_id", "grain", "start", "direction", name="uq_signals_key"),
    )
    with op.batch_alter_table("signals", schema=None) as batch_op:
        batch_op.create_index("ix_signals_raised_at", ["raised_at", "id"], unique=False)
        batch_op.create_index("ix_signals_start", ["grain", "start"], unique=False)


def downgrade() -> None:
    op.drop_table("signals")
    op.drop_table("calendar_notes")
