"""Use cases: one subject a file, each taking what it works on, inside one transaction, and committing nothing itself."""
