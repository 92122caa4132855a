"""Enrol reporters; forms and what is said with them.

Takes locks on: reporters, to add nullable columns; reporters, reports and localities for a moment, as new foreign keys
point at them. The release before works on.

Revision: 2026_11_22_1500
After: 2026_11_22_1400
"""

import sqlalchemy as sa
from alembic import op

from models.database import Json

revision = "2026_11_22_1500"
down_revision = "2026_11_22_1400"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("reporters", sa.Column("unit", sa.String(length=80), nullable=True))
    op.add_column("reporters", sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("reporters", sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "forms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=6), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("definition", Json, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forms")),
        sa.UniqueConstraint("code", "version", name="uq_forms_code_version"),
    )
    op.create_table(
        "observations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("form_id", sa.Integer(), nullable=False),
        sa.Column("reporter_id", sa.Uuid(), nullable=True),
        sa.Column("report_id", sa.Uuid(), nullable=True),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("on_behalf", sa.Boolean(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("locality_id", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("said_values", Json, nullable=False),
        sa.Column("problems", Json, nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("protect", sa.String(length=16), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("protect IN ('none', 'survivor', 'agent', 'armed')", name=op.f("ck_observations_protect")),
        sa.CheckConstraint("status IN ('complete', 'partial', 'contradiction')", name=op.f("ck_observations_status")),
        sa.ForeignKeyConstraint(["form_id"], ["forms.id"], name=op.f("fk_observations_form_id")),
        sa.ForeignKeyConstraint(["locality_id"], ["localities.id"], name=op.f("fk_observations_locality_id")),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_observations_report_id")),
        sa.ForeignKeyConstraint(["reporter_id"], ["reporters.id"], name=op.f("fk_observations_reporter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_observations")),
    )
    op.create_index("ix_observations_changed_at", "observations", ["changed_at", "id"])
    op.create_index("ix_observations_form_id", "observations", ["form_id", "day"])
    op.create_index("ix_observations_report_id", "observations", ["report_id"])
    op.create_index("ix_observations_reporter_id", "observations", ["reporter_id", "changed_at"])


def downgrade() -> None:
    op.drop_table("observations")
    op.drop_table("forms")
    op.drop_column("reporters", "suspended_at")
    op.drop_column("reporters", "enrolled_at")
    op.drop_column("reporters", "unit")
