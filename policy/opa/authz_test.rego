# METADATA
# title: What an OPA beside a node lets through, and what not
package system.authz_test

# METADATA
# title: The configuration of an OPA, with a token's digest
runtime := {"config": {"labels": {"token_sha256": crypto.sha256("a token")}}}

# METADATA
# title: A decision that is asked for as the node does
asked := {
	"method": "POST",
	"path": ["v1", "data", "entente", "answer", "decision"],
	"params": {},
	"identity": "a token",
}

# METADATA
# title: Each decision is given to whoever holds the token
test_decisions if {
	every name in ["answer", "ask", "oversee"] {
		path := ["v1", "data", "entente", name, "decision"]
		data.system.authz.allow with input as object.union(asked, {"path": path}) with opa.runtime as runtime
	}
}

# METADATA
# title: Health is told without a token
test_health if {
	data.system.authz.allow with input as {"method": "GET", "path": ["health"], "params": {}} with opa.runtime as runtime
}

# METADATA
# title: Whatever differs in one thing is refused
test_all_else_is_refused if {
	every change in [
		{"identity": "another"},
		{"method": "GET"},
		{"method": "PUT"},
		{"path": []},
		{"path": ["v1", "data"]},
		{"path": ["v1", "data", "law"]},
		{"path": ["v1", "data", "entente", "answer"]},
		{"path": ["v1", "query"]},
		{"params": {"explain": ["full"]}},
		{"path": ["health"]},
	] {
		not data.system.authz.allow with input as object.union(asked, change) with opa.runtime as runtime
	}
}

# METADATA
# title: Without a token nothing but health
test_no_token_is_refused if {
	not data.system.authz.allow with input as object.remove(asked, ["identity"]) with opa.runtime as runtime
}

# METADATA
# title: A configuration without the token's digest opens to nobody
test_no_digest_is_refused if {
	not data.system.authz.allow with input as asked with opa.runtime as {"config": {}}
}
