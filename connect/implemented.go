package connect

import "slices"

// implemented lists the operations that are served: name and function.
func implemented() []binding {
	return slices.Concat(peopleOperations(), routingOperations(), contactOperations())
}

// peopleOperations are about instances, users and what users do.
func peopleOperations() []binding {
	return []binding{
		op("ListInstances", (*Server).listInstances),
		op("DescribeInstance", (*Server).describeInstance),

		op("CreateUser", (*Server).createUser),
		op("DescribeUser", (*Server).describeUser),
		op("ListUsers", (*Server).listUsers),
		op("SearchUsers", (*Server).searchUsers),
		op("DeleteUser", (*Server).deleteUser),
		op("UpdateUserIdentityInfo", (*Server).updateUserIdentityInfo),
		op("UpdateUserPhoneConfig", (*Server).updateUserPhoneConfig),
		op("UpdateUserRoutingProfile", (*Server).updateUserRoutingProfile),
		op("UpdateUserSecurityProfiles", (*Server).updateUserSecurityProfiles),
		op("ListSecurityProfiles", (*Server).listSecurityProfiles),
		op("DescribeSecurityProfile", (*Server).describeSecurityProfile),

		op("CreateAgentStatus", (*Server).createAgentStatus),
		op("DescribeAgentStatus", (*Server).describeAgentStatus),
		op("ListAgentStatuses", (*Server).listAgentStatuses),
		op("UpdateAgentStatus", (*Server).updateAgentStatus),
		op("PutUserStatus", (*Server).putUserStatus),
		op("GetCurrentUserData", (*Server).getCurrentUserData),
		op("DismissUserContact", (*Server).dismissUserContact),
	}
}

// routingOperations are about queues, routing profiles and hours.
func routingOperations() []binding {
	return []binding{
		op("CreateQueue", (*Server).createQueue),
		op("DescribeQueue", (*Server).describeQueue),
		op("ListQueues", (*Server).listQueues),
		op("DeleteQueue", (*Server).deleteQueue),
		op("UpdateQueueName", (*Server).updateQueueName),
		op("UpdateQueueStatus", (*Server).updateQueueStatus),
		op("UpdateQueueHoursOfOperation", (*Server).updateQueueHoursOfOperation),
		op("UpdateQueueMaxContacts", (*Server).updateQueueMaxContacts),
		op("UpdateQueueOutboundCallerConfig", (*Server).updateQueueOutboundCallerConfig),

		op("CreateRoutingProfile", (*Server).createRoutingProfile),
		op("DescribeRoutingProfile", (*Server).describeRoutingProfile),
		op("ListRoutingProfiles", (*Server).listRoutingProfiles),
		op("ListRoutingProfileQueues", (*Server).listRoutingProfileQueues),
		op("DeleteRoutingProfile", (*Server).deleteRoutingProfile),
		op("AssociateRoutingProfileQueues", (*Server).associateRoutingProfileQueues),
		op("DisassociateRoutingProfileQueues", (*Server).disassociateRoutingProfileQueues),
		op("UpdateRoutingProfileName", (*Server).updateRoutingProfileName),
		op("UpdateRoutingProfileConcurrency", (*Server).updateRoutingProfileConcurrency),
		op("UpdateRoutingProfileDefaultOutboundQueue", (*Server).updateRoutingProfileDefaultOutboundQueue),
		op("UpdateRoutingProfileQueues", (*Server).updateRoutingProfileQueues),
		op("UpdateRoutingProfileAgentAvailabilityTimer", (*Server).updateRoutingProfileAgentAvailabilityTimer),

		op("CreateHoursOfOperation", (*Server).createHoursOfOperation),
		op("DescribeHoursOfOperation", (*Server).describeHoursOfOperation),
		op("ListHoursOfOperations", (*Server).listHoursOfOperations),
		op("UpdateHoursOfOperation", (*Server).updateHoursOfOperation),
		op("DeleteHoursOfOperation", (*Server).deleteHoursOfOperation),
	}
}

// contactOperations are about flows, phone numbers, contacts and tags.
func contactOperations() []binding {
	return []binding{
		op("CreateContactFlow", (*Server).createContactFlow),
		op("DescribeContactFlow", (*Server).describeContactFlow),
		op("ListContactFlows", (*Server).listContactFlows),
		op("UpdateContactFlowContent", (*Server).updateContactFlowContent),
		op("UpdateContactFlowName", (*Server).updateContactFlowName),
		op("UpdateContactFlowMetadata", (*Server).updateContactFlowMetadata),
		op("DeleteContactFlow", (*Server).deleteContactFlow),

		op("SearchAvailablePhoneNumbers", (*Server).searchAvailablePhoneNumbers),
		op("ClaimPhoneNumber", (*Server).claimPhoneNumber),
		op("DescribePhoneNumber", (*Server).describePhoneNumber),
		op("ListPhoneNumbers", (*Server).listPhoneNumbers),
		op("ListPhoneNumbersV2", (*Server).listPhoneNumbersV2),
		op("AssociatePhoneNumberContactFlow", (*Server).associatePhoneNumberContactFlow),
		op("DisassociatePhoneNumberContactFlow", (*Server).disassociatePhoneNumberContactFlow),
		op("ReleasePhoneNumber", (*Server).releasePhoneNumber),

		op("StartTaskContact", (*Server).startTaskContact),
		op("DescribeContact", (*Server).describeContact),
		op("StopContact", (*Server).stopContact),
		op("GetContactAttributes", (*Server).getContactAttributes),
		op("UpdateContactAttributes", (*Server).updateContactAttributes),

		op("TagResource", (*Server).tagResource),
		op("UntagResource", (*Server).untagResource),
		op("ListTagsForResource", (*Server).listTagsForResource),
	}
}
