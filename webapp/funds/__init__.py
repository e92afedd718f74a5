"""资金与发放: the ledger of budget lines, batches of payments, transfers, other expenditure."""
