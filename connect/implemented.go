package connect

import "slices"

// implemented lists the operations that are served: name and function.
func implemented() []binding {
	return slices.Concat(peopleOperations(), hierarchyOperations(), routingOperations(), quickConnectOperations(),
		flowOperations(), moduleOperations(), integrationOperations(), contactOperations(), metricOperations())
}

// peopleOperations are about instances, users and what users do.
func peopleOperations() []binding {
	return []binding{
		op("ListInstances", (*Server).listInstances),
		op("DescribeInstance", (*Server).describeInstance),
		op("DescribeInstanceAttribute", (*Server).describeInstanceAttribute),
		op("ListInstanceAttributes", (*Server).listInstanceAttributes),
		op("UpdateInstanceAttribute", (*Server).updateInstanceAttribute),

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
		op("DismissUserContact", (*Server).dismissUserContact),
	}
}

// hierarchyOperations are about the hierarchy of users.
func hierarchyOperations() []binding {
	return []binding{
		op("CreateUserHierarchyGroup", (*Server).createUserHierarchyGroup),
		op("DescribeUserHierarchyGroup", (*Server).describeUserHierarchyGroup),
		op("ListUserHierarchyGroups", (*Server).listUserHierarchyGroups),
		op("UpdateUserHierarchyGroupName", (*Server).updateUserHierarchyGroupName),
		op("DeleteUserHierarchyGroup", (*Server).deleteUserHierarchyGroup),
		op("UpdateUserHierarchy", (*Server).updateUserHierarchy),
		op("DescribeUserHierarchyStructure", (*Server).describeUserHierarchyStructure),
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

// quickConnectOperations are about what agents can transfer to or dial.
func quickConnectOperations() []binding {
	return []binding{
		op("CreateQuickConnect", (*Server).createQuickConnect),
		op("DescribeQuickConnect", (*Server).describeQuickConnect),
		op("ListQuickConnects", (*Server).listQuickConnects),
		op("SearchQuickConnects", (*Server).searchQuickConnects),
		op("UpdateQuickConnectName", (*Server).updateQuickConnectName),
		op("UpdateQuickConnectConfig", (*Server).updateQuickConnectConfig),
		op("DeleteQuickConnect", (*Server).deleteQuickConnect),
		op("AssociateQueueQuickConnects", (*Server).associateQueueQuickConnects),
		op("DisassociateQueueQuickConnects", (*Server).disassociateQueueQuickConnects),
		op("ListQueueQuickConnects", (*Server).listQueueQuickConnects),
	}
}

// flowOperations are about flows, phone numbers and tags.
func flowOperations() []binding {
	return []binding{
		op("CreateContactFlow", (*Server).createContactFlow),
		op("DescribeContactFlow", (*Server).describeContactFlow),
		op("ListContactFlows", (*Server).listContactFlows),
		op("UpdateContactFlowContent", (*Server).updateContactFlowContent),
		op("UpdateContactFlowName", (*Server).updateContactFlowName),
		op("UpdateContactFlowMetadata", (*Server).updateContactFlowMetadata),
		op("DeleteContactFlow", (*Server).deleteContactFlow),
		op("SearchContactFlows", (*Server).searchContactFlows),
		op("CreateContactFlowVersion", (*Server).createContactFlowVersion),
		op("ListContactFlowVersions", (*Server).listContactFlowVersions),
		op("DeleteContactFlowVersion", (*Server).deleteContactFlowVersion),
		op("ListFlowAssociations", (*Server).listFlowAssociations),
		op("BatchGetFlowAssociation", (*Server).batchGetFlowAssociation),

		op("SearchAvailablePhoneNumbers", (*Server).searchAvailablePhoneNumbers),
		op("ClaimPhoneNumber", (*Server).claimPhoneNumber),
		op("DescribePhoneNumber", (*Server).describePhoneNumber),
		op("ListPhoneNumbers", (*Server).listPhoneNumbers),
		op("ListPhoneNumbersV2", (*Server).listPhoneNumbersV2),
		op("AssociatePhoneNumberContactFlow", (*Server).associatePhoneNumberContactFlow),
		op("DisassociatePhoneNumberContactFlow", (*Server).disassociatePhoneNumberContactFlow),
		op("ReleasePhoneNumber", (*Server).releasePhoneNumber),

		op("TagResource", (*Server).tagResource),
		op("UntagResource", (*Server).untagResource),
		op("ListTagsForResource", (*Server).listTagsForResource),
	}
}

// moduleOperations are about the modules that flows invoke.
func moduleOperations() []binding {
	return []binding{
		op("CreateContactFlowModule", (*Server).createContactFlowModule),
		op("DescribeContactFlowModule", (*Server).describeContactFlowModule),
		op("ListContactFlowModules", (*Server).listContactFlowModules),
		op("SearchContactFlowModules", (*Server).searchContactFlowModules),
		op("UpdateContactFlowModuleContent", (*Server).updateContactFlowModuleContent),
		op("UpdateContactFlowModuleMetadata", (*Server).updateContactFlowModuleMetadata),
		op("DeleteContactFlowModule", (*Server).deleteContactFlowModule),

		op("CreateContactFlowModuleVersion", (*Server).createContactFlowModuleVersion),
		op("ListContactFlowModuleVersions", (*Server).listContactFlowModuleVersions),
		op("DeleteContactFlowModuleVersion", (*Server).deleteContactFlowModuleVersion),
		op("CreateContactFlowModuleAlias", (*Server).createContactFlowModuleAlias),
		op("DescribeContactFlowModuleAlias", (*Server).describeContactFlowModuleAlias),
		op("ListContactFlowModuleAliases", (*Server).listContactFlowModuleAliases),
		op("UpdateContactFlowModuleAlias", (*Server).updateContactFlowModuleAlias),
		op("DeleteContactFlowModuleAlias", (*Server).deleteContactFlowModuleAlias),
	}
}

// integrationOperations are about the functions, bots and keys that flows use.
func integrationOperations() []binding {
	return []binding{
		op("AssociateLambdaFunction", (*Server).associateLambdaFunction),
		op("DisassociateLambdaFunction", (*Server).disassociateLambdaFunction),
		op("ListLambdaFunctions", (*Server).listLambdaFunctions),
		op("AssociateBot", (*Server).associateBot),
		op("DisassociateBot", (*Server).disassociateBot),
		op("ListBots", (*Server).listBots),
		op("AssociateLexBot", (*Server).associateLexBot),
		op("DisassociateLexBot", (*Server).disassociateLexBot),
		op("ListLexBots", (*Server).listLexBots),
		op("AssociateSecurityKey", (*Server).associateSecurityKey),
		op("DisassociateSecurityKey", (*Server).disassociateSecurityKey),
		op("ListSecurityKeys", (*Server).listSecurityKeys),
	}
}

// contactOperations are about contacts.
func contactOperations() []binding {
	return []binding{
		op("StartTaskContact", (*Server).startTaskContact),
		op("StartChatContact", (*Server).startChatContact),
		op("StartOutboundVoiceContact", (*Server).startOutboundVoiceContact),
		op("DescribeContact", (*Server).describeContact),
		op("StopContact", (*Server).stopContact),
		op("TransferContact", (*Server).transferContact),
		op("PauseContact", (*Server).pauseContact),
		op("ResumeContact", (*Server).resumeContact),
		op("MonitorContact", (*Server).monitorContact),
		op("UpdateContactRoutingData", (*Server).updateContactRoutingData),
		op("GetContactAttributes", (*Server).getContactAttributes),
		op("UpdateContactAttributes", (*Server).updateContactAttributes),
		op("TagContact", (*Server).tagContact),
		op("UntagContact", (*Server).untagContact),

		op("StartContactRecording", (*Server).startContactRecording),
		op("StopContactRecording", (*Server).stopContactRecording),
		op("SuspendContactRecording", (*Server).suspendContactRecording),
		op("ResumeContactRecording", (*Server).resumeContactRecording),
	}
}

// metricOperations tell what goes on now.
func metricOperations() []binding {
	return []binding{
		op("GetCurrentMetricData", (*Server).getCurrentMetricData),
		op("GetCurrentUserData", (*Server).getCurrentUserData),
	}
}
