# METADATA
# title: Oversight alone, with a reason
package entente.oversee_test

# METADATA
# title: A whole act of oversight
whole := data.vectors["oversee: whole"].input

# METADATA
# title: Oversight may look
test_whole if {
	decision := data.entente.oversee.decision with input as whole
	decision.allow
}

# METADATA
# title: No other role may
test_other_roles if {
	every role in ["analyst", "liaison", "administrator"] {
		decision := data.entente.oversee.decision with input.actor.roles as [role] with input.node as whole.node
			with input.act as whole.act
			with input.justification as whole.justification
			with input.actor.node as whole.node
			with input.actor.subject as "p-1"
			with input.actor.unit as null
		decision.reasons == ["ROLE_NOT_COVERED"]
	}
}
