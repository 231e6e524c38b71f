"""The pages of the portal, a module for each noun."""
