"""Evidence packs, warning signs, receipts of consent and of erasure."""
