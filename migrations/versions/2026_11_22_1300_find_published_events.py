"""Find events that wait for their position, and those that have one by id and by name.

Takes locks on: events, against writing, for a few seconds on a million rows. The release before works on.

Revision: 2026_11_22_1300
After: 2026_11_22_1200
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_1300"
down_revision = "2026_11_22_1200"
branch_labels = None
depends_on = None

PUBLISHED = sa.text("position IS NOT NULL")
UNPUBLISHED = sa.text("position IS NULL")


def upgrade() -> None:
    op.create_index(
        "ix_events_unpublished", "events", ["sequence"], postgresql_where=UNPUBLISHED, sqlite_where=UNPUBLISHED
    )
    op.create_index("ix_events_id", "events", ["id"], unique=True, postgresql_where=PUBLISHED, sqlite_where=PUBLISHED)
    op.create_index(
        "ix_events_name", "events", ["name", "position"], postgresql_where=PUBLISHED, sqlite_where=PUBLISHED
    )


def downgrade() -> None:
    op.drop_index("ix_events_name", table_name="events")
    op.drop_index("ix_events_id", table_name="events")
    op.drop_index("ix_events_unpublished", table_name="events")
