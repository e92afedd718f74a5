"""What a bank knows a file by, and which failures were the payer's.

Files that were made before bear the number of their batch, as they were given to the bank.
"""

import sqlalchemy as sa
from alembic import op

revision = "registry_bank_numbers"
down_revision = "registry_results"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column("bank_no", sa.String(40), nullable=False, server_default="")
    op.add_column("bank_sending", column)
    sending = sa.table("bank_sending", sa.column("bank_no"), sa.column("batch_no"))
    op.execute(sending.update().values(bank_no=sending.c.batch_no))
    excuse = sa.Column("excuse", sa.String(200), nullable=False, server_default="")
    op.add_column("bank_sending_line", excuse)
