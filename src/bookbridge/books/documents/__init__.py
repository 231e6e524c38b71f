"""What invoices, bills and credit notes share on either side: abstract models, one set of rules.

Not a Django app: the tables are those of `sales` and `purchases`.
"""
