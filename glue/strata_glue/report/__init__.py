"""What a run says: events, the ledger, samples."""
