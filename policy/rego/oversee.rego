# METADATA
# title: May this person look into the log?
# description: Oversight alone, with a justification code, and never together with a role that it oversees.
package entente.oversee

# METADATA
# title: The decision
# description: Nothing is allowed unless the rules below say so.
# entrypoint: true
default decision := {"allow": false, "reasons": ["POLICY"], "rules": {"malformed-input": []}, "revision": ""}

# METADATA
# title: The decision on well-formed input
# description: Every fault counts; without one the answer is yes.
decision := {
	"allow": count(faults) == 0,
	"reasons": sort({data.law.reasons[rule] | some rule in faults}),
	"rules": {rule: [] | some rule in faults},
	"revision": data.law.revision,
} if {
	data.entente.mandate.actor_well_formed
	is_string(input.node)
	data.entente.mandate.text_or_null(input.act)
	data.entente.mandate.text_or_null(input.justification)
}

# METADATA
# title: Only oversight oversees
faults contains "role-not-oversight" if not data.law.roles.oversees in input.actor.roles

# METADATA
# title: Nobody oversees what they do themselves
faults contains "roles-conflict" if {
	some role in data.law.roles.apart_from_oversight
	role in input.actor.roles
}

# METADATA
# title: The person belongs to this node
faults contains "actor-not-of-partner" if input.actor.node != input.node

# METADATA
# title: An act of oversight is named
faults contains "act-missing" if is_null(input.act)

# METADATA
# title: Every look into the log is justified
faults contains "justification-missing" if is_null(input.justification)
