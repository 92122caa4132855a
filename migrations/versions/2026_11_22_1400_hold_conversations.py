"""Hold conversations: questions asked, erasures asked for, last answers, and on what a report's place rests.

Takes locks on: reports, to add a nullable column, and while it is filled: some ten seconds on a million rows; reports,
reporters, channels and messages for a moment, as new foreign keys point at them. The release before works on.

Revision: 2026_11_22_1400
After: 2026_11_22_1300
"""

import sqlalchemy as sa
from alembic import op

from models.database import Json

revision = "2026_11_22_1400"
down_revision = "2026_11_22_1300"
branch_labels = None
depends_on = None

ASKED = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.add_column("reports", sa.Column("place_basis", sa.String(length=12), nullable=True))
    op.execute("UPDATE reports SET place_basis = 'said' WHERE locality_id IS NOT NULL")
    op.create_table(
        "questions",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("reporter_id", sa.Uuid(), nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(length=16), nullable=False),
        sa.Column("options", Json, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("about IN ('locality', 'category')", name=op.f("ck_questions_about")),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name=op.f("fk_questions_channel_id")),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_questions_report_id")),
        sa.ForeignKeyConstraint(["reporter_id"], ["reporters.id"], name=op.f("fk_questions_reporter_id")),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_questions")),
    )
    op.create_index("ix_questions_reporter_id", "questions", ["reporter_id"])
    op.create_index("ix_questions_asked_at", "questions", ["asked_at"], postgresql_where=ASKED, sqlite_where=ASKED)
    op.create_table(
        "erasure_requests",
        sa.Column("reporter_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.LargeBinary(), nullable=False),
        sa.Column("wrong", sa.SmallInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["reporter_id"], ["reporters.id"], name=op.f("fk_erasure_requests_reporter_id")),
        sa.PrimaryKeyConstraint("reporter_id", name=op.f("pk_erasure_requests")),
    )
    op.create_table(
        "last_answers",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("inbox_version", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_last_answers_message_id")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_last_answers")),
    )


def downgrade() -> None:
    op.drop_table("last_answers")
    op.drop_table("erasure_requests")
    op.drop_table("questions")
    op.drop_column("reports", "place_basis")
