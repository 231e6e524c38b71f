"""What can be proved about a company's data: lineage, warning signs, evidence packs, receipts."""
