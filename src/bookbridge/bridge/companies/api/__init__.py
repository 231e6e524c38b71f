"""Companies in the public API: themselves, their products, tokens for their browsers."""

from bookbridge.bridge.companies.api import companies, products, tokens

urlpatterns = [*companies.urlpatterns, *products.urlpatterns, *tokens.urlpatterns]
