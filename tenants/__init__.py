"""The shelf: the service's own records, reached only with an `Access`, written only through a `Loader`."""
