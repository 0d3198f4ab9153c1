# METADATA
# title: What an OPA beside a node lets through
# description: |
#   Its health to everybody who reaches its socket, the node's three decisions to whoever holds the token, and
#   nothing else: no other document, no other method, no parameter. The configuration that
#   `entente policy opa-config` writes names the token's SHA-256; without it nobody is let through.
package system.authz

# METADATA
# title: The decision
# description: Nothing is let through unless the rules below say so.
# entrypoint: true
default allow := false

# METADATA
# title: Health holds nothing
allow if {
	input.method == "GET"
	input.path == ["health"]
	count(input.params) == 0
}

# METADATA
# title: A decision for the node
allow if {
	input.method == "POST"
	input.path in decisions
	count(input.params) == 0
	crypto.sha256(input.identity) == opa.runtime().config.labels.token_sha256
}

# METADATA
# title: The paths of the decisions
decisions := {
	["v1", "data", "entente", "answer", "decision"],
	["v1", "data", "entente", "ask", "decision"],
	["v1", "data", "entente", "oversee", "decision"],
}
