"""Why these tables stand outside row-level security."""

IDENTITY_TABLES = {
    "oauth_application": "apps belong to developers, not to an organisation",
    "oauth_apprequest": "a developer asks for an app before any organisation is involved",
    "oauth_consent": "a consent says which organisation a token opens",
    "oauth_grant": "a code is exchanged before the organisation is known",
    "oauth_accesstoken": "a token is looked up to learn the organisation",
    "oauth_refreshtoken": "a token is looked up to learn the organisation",
    "oauth_idtoken": "required by the toolkit, never written",
    "oauth_apisession": "a user signs in to the API before choosing an organisation",
}
