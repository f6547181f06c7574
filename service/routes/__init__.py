"""One module a resource: each route translates and delegates."""
