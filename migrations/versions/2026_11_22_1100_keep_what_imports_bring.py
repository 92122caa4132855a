"""Keep what imports bring: shapes of localities, who was said to be whose parent when, what files say of reports.

Takes locks on: nothing that is written to: every table is new; locality_parents is read once.

Revision: 2026_11_22_1100
After: 2026_11_22_1000
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_1100"
down_revision = "2026_11_22_1000"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "locality_boundaries",
        sa.Column("locality_id", sa.Integer(), nullable=False),
        sa.Column("geometry", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["locality_id"], ["localities.id"], name=op.f("fk_locality_boundaries_locality_id")),
        sa.PrimaryKeyConstraint("locality_id", name=op.f("pk_locality_boundaries")),
    )
    op.create_table(
        "parent_statements",
        sa.Column("locality_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["locality_id"], ["localities.id"], name=op.f("fk_parent_statements_locality_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["localities.id"], name=op.f("fk_parent_statements_parent_id")),
        sa.PrimaryKeyConstraint("locality_id", "day", name=op.f("pk_parent_statements")),
    )
    # Of a first parent nobody wrote down since when it was said: then no later list can speak of the time before it.
    op.execute(
        "INSERT INTO parent_statements (locality_id, day, parent_id) "
        "SELECT locality_id, from_day, parent_id FROM locality_parents"
    )
    op.create_table(
        "imported_reports",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("locality_id", sa.Integer(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("credibility", sa.String(length=16), nullable=False),
        sa.Column("review", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["category_id"], ["categories.id"], name=op.f("fk_imported_reports_category_id")),
        sa.ForeignKeyConstraint(["locality_id"], ["localities.id"], name=op.f("fk_imported_reports_locality_id")),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_imported_reports_report_id")),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_imported_reports")),
    )
    op.create_table(
        "report_tags",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("tag", sa.String(length=120), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["category_id"], ["categories.id"], name=op.f("fk_report_tags_category_id")),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_report_tags_report_id")),
        sa.PrimaryKeyConstraint("report_id", "tag", name=op.f("pk_report_tags")),
    )


def downgrade() -> None:
    op.drop_table("report_tags")
    op.drop_table("imported_reports")
    op.drop_table("parent_statements")
    op.drop_table("locality_boundaries")
