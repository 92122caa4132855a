"""Stop channels.

Takes locks on: channels, to add a nullable column. The release before works on, and does not heed what is stopped.

Revision: 2026_11_22_1700
After: 2026_11_22_1600
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_1700"
down_revision = "2026_11_22_1600"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("channels", sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("channels", "stopped_at")
