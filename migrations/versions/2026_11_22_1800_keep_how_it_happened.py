"""Keep with a report whom it happened to, where, when in the day, and by whom.

Takes locks on: reports, to add nullable columns, and while they are filled from readings: some twenty seconds on a
million rows. The release before works on.

Revision: 2026_11_22_1800
After: 2026_11_22_1700
"""

import sqlalchemy as sa
from alembic import op

from models.database import Json

revision = "2026_11_22_1800"
down_revision = "2026_11_22_1700"
branch_labels = None
depends_on = None

LENGTHS = {"victim": 8, "setting": 12, "part_of_day": 12, "by": 8}


def upgrade() -> None:
    for name, length in LENGTHS.items():
        op.add_column("reports", sa.Column(name, sa.String(length=length), nullable=True))
    readings = sa.table("readings", sa.column("report_id", sa.Uuid), sa.column("understood", Json))
    reports = sa.table("reports", sa.column("id", sa.Uuid), *(sa.column(name, sa.String) for name in LENGTHS))
    own = readings.c.report_id == reports.c.id
    values = {
        name: sa.select(sa.func.min(readings.c.understood[name].as_string())).where(own).scalar_subquery()
        for name in LENGTHS
    }
    op.execute(reports.update().where(sa.exists().where(own)).values(values))


def downgrade() -> None:
    for name in reversed(LENGTHS):
        op.drop_column("reports", name)
