package connect

import (
	"tandem"
	"tandem/center"
	"tandem/event"
)

func (s *Server) createUser(call *Call, in *CreateUserRequest) (*CreateUserResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	u, err := sc.newUser(in)
	if err != nil {
		return nil, err
	}
	if err := sc.setPassword(u.UserID, in.Password); err != nil {
		return nil, err
	}
	if _, err := sc.do(center.SaveUser{User: *u, New: true}); err != nil {
		return nil, err
	}
	return &CreateUserResponse{UserId: new(u.UserID.String()), UserArn: sc.arn(ResourceUser, u.UserID)}, nil
}

func (sc *scope) newUser(in *CreateUserRequest) (*event.UserSaved, error) {
	err := refuse(in, "DirectoryUserId", "AfterContactWorkConfigs", "AutoAcceptConfigs",
		"PersistentConnectionConfigs", "PhoneNumberConfigs", "VoiceEnhancementConfigs")
	if err != nil {
		return nil, err
	}
	u := &event.UserSaved{UserID: newID(), Username: text[tandem.Personal](in.Username), PhoneType: event.SoftPhone, Tags: in.Tags}
	if u.HierarchyGroupID, err = sc.ref(ResourceHierarchyGroup, "HierarchyGroupId", in.HierarchyGroupId); err != nil {
		return nil, err
	}
	if u.RoutingProfileID, err = sc.ref(ResourceRoutingProfile, "RoutingProfileId", in.RoutingProfileId); err != nil {
		return nil, err
	}
	if u.SecurityProfileIDs, err = sc.refs(ResourceSecurityProfile, "SecurityProfileIds", in.SecurityProfileIds); err != nil {
		return nil, err
	}
	if err := setIdentity(u, in.IdentityInfo); err != nil {
		return nil, err
	}
	return u, setPhone(u, in.PhoneConfig)
}

// setPassword keeps the password before the user exists: a user whose password
// could not be kept could never sign in.
func (sc *scope) setPassword(user tandem.ID, password *string) error {
	if password == nil {
		return nil
	}
	passwords := sc.s.cfg.Backend.Passwords
	if passwords == nil {
		return tandem.Errorf(tandem.Invalid, "Password", "is not supported, users sign in elsewhere; leave it out")
	}
	return passwords.SetPassword(sc.call, sc.id, user, *password)
}

func setIdentity(u *event.UserSaved, in *UserIdentityInfo) error {
	if in == nil {
		return nil
	}
	set(&u.FirstName, in.FirstName)
	set(&u.LastName, in.LastName)
	set(&u.Email, in.Email)
	return refuse(in, "Mobile", "SecondaryEmail")
}

// setPhone replaces how the user is called: what the request leaves out is
// off, none or zero.
func setPhone(u *event.UserSaved, in *UserPhoneConfig) error {
	if in == nil {
		return nil
	}
	u.PhoneType = event.SoftPhone
	if in.PhoneType != nil && *in.PhoneType == PhoneTypeDeskPhone {
		u.PhoneType = event.DeskPhone
	}
	u.DeskPhoneNumber = text[tandem.Personal](in.DeskPhoneNumber)
	u.AutoAccept = in.AutoAccept != nil && *in.AutoAccept
	u.AfterContactWorkSeconds = 0
	if in.AfterContactWorkTimeLimit != nil {
		u.AfterContactWorkSeconds = uint32(*in.AfterContactWorkTimeLimit)
	}
	if in.PersistentConnection != nil && *in.PersistentConnection {
		return tandem.Errorf(tandem.Invalid, "PersistentConnection", "is not supported; leave it out")
	}
	return nil
}

func (s *Server) describeUser(call *Call, in *DescribeUserRequest) (*DescribeUserResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	var u event.UserSaved
	err = sc.read(func(st *center.State) error {
		a, err := find(sc, st.Agents, ResourceUser, "UserId", in.UserId)
		if err == nil {
			u = a.User
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return &DescribeUserResponse{User: sc.user(&u)}, nil
}

func (sc *scope) user(u *event.UserSaved) *User {
	out := &User{
		Id: new(u.UserID.String()), Arn: sc.arn(ResourceUser, u.UserID), Username: given(u.Username),
		IdentityInfo:     &UserIdentityInfo{FirstName: given(u.FirstName), LastName: given(u.LastName), Email: given(u.Email)},
		PhoneConfig:      phoneConfig(u, int32(u.AfterContactWorkSeconds)),
		RoutingProfileId: idText(u.RoutingProfileID), HierarchyGroupId: idText(u.HierarchyGroupID),
		Tags: present(u.Tags), LastModifiedTime: moment(u.ModifiedAt), LastModifiedRegion: sc.region(),
	}
	for _, id := range u.SecurityProfileIDs {
		out.SecurityProfileIds = append(out.SecurityProfileIds, id.String())
	}
	return out
}

// phoneConfig takes the time limit in the unit of the operation: seconds in
// DescribeUser, milliseconds in SearchUsers.
func phoneConfig(u *event.UserSaved, afterContactWorkLimit int32) *UserPhoneConfig {
	return &UserPhoneConfig{
		PhoneType: new(PhoneType(u.PhoneType.String())), DeskPhoneNumber: given(u.DeskPhoneNumber),
		AutoAccept: new(u.AutoAccept), AfterContactWorkTimeLimit: new(afterContactWorkLimit),
	}
}

func (s *Server) listUsers(call *Call, in *ListUsersRequest) (*ListUsersResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	part, next, err := list(sc, func(st *center.State) map[tandem.ID]*center.Agent { return st.Agents }, func(id tandem.ID, a *center.Agent) (UserSummary, bool) {
		return UserSummary{Id: new(id.String()), Arn: sc.arn(ResourceUser, id), Username: given(a.User.Username),
			LastModifiedTime: moment(a.User.ModifiedAt), LastModifiedRegion: sc.region()}, true
	}, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &ListUsersResponse{UserSummaryList: part, NextToken: next}, nil
}

func (s *Server) deleteUser(call *Call, in *DeleteUserRequest) (*Empty, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	id, err := sc.ref(ResourceUser, "UserId", in.UserId)
	if err != nil {
		return nil, err
	}
	_, err = sc.do(center.DeleteUser{UserID: id})
	return &Empty{}, err
}

// changeUser saves a user as edit leaves it.
func (s *Server) changeUser(call *Call, instance, user *string, edit func(sc *scope, u *event.UserSaved) error) (*Empty, error) {
	sc, err := s.scope(call, instance)
	if err != nil {
		return nil, err
	}
	return &Empty{}, sc.change(func(st *center.State) (any, error) {
		a, err := find(sc, st.Agents, ResourceUser, "UserId", user)
		if err != nil {
			return nil, err
		}
		u := a.User
		err = edit(sc, &u)
		return center.SaveUser{User: u}, err
	})
}

func (s *Server) updateUserPhoneConfig(call *Call, in *UpdateUserPhoneConfigRequest) (*Empty, error) {
	return s.changeUser(call, in.InstanceId, in.UserId, func(_ *scope, u *event.UserSaved) error {
		return setPhone(u, in.PhoneConfig)
	})
}

func (s *Server) updateUserIdentityInfo(call *Call, in *UpdateUserIdentityInfoRequest) (*Empty, error) {
	return s.changeUser(call, in.InstanceId, in.UserId, func(_ *scope, u *event.UserSaved) error {
		return setIdentity(u, in.IdentityInfo)
	})
}

func (s *Server) updateUserRoutingProfile(call *Call, in *UpdateUserRoutingProfileRequest) (*Empty, error) {
	return s.changeUser(call, in.InstanceId, in.UserId, func(sc *scope, u *event.UserSaved) (err error) {
		u.RoutingProfileID, err = sc.ref(ResourceRoutingProfile, "RoutingProfileId", in.RoutingProfileId)
		return err
	})
}

func (s *Server) updateUserSecurityProfiles(call *Call, in *UpdateUserSecurityProfilesRequest) (*Empty, error) {
	return s.changeUser(call, in.InstanceId, in.UserId, func(sc *scope, u *event.UserSaved) (err error) {
		u.SecurityProfileIDs, err = sc.refs(ResourceSecurityProfile, "SecurityProfileIds", in.SecurityProfileIds)
		return err
	})
}
