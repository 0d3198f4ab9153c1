# METADATA
# title: May this analyst of our own service ask?
# description: |
#   The home node's rule: an analyst, under a mandate that holds and is whole. Which rows anybody answers
#   with is each node's own decision (`entente.answer`), the home node's among them.
package entente.ask

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
	data.entente.mandate.well_formed
}

# METADATA
# title: Whatever is wrong with the mandate
faults contains rule if some rule in data.entente.mandate.faults

# METADATA
# title: Only an analyst asks
faults contains "role-not-analyst" if not data.law.roles.asks in input.actor.roles

# METADATA
# title: An own analyst is an own analyst
faults contains "actor-not-of-partner" if input.actor.node != input.node
