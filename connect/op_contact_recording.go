package connect

import (
	"tandem"
	"tandem/center"
)

// startContactRecording begins the recording of a call with an agent, which is
// possible once. Both sides are recorded.
func (s *Server) startContactRecording(call *Call, in *StartContactRecordingRequest) (*StartContactRecordingResponse, error) {
	config := in.VoiceRecordingConfiguration
	if err := refuse(config, "IvrRecordingTrack"); err != nil {
		return nil, err
	}
	if track := config.VoiceRecordingTrack; track != nil && *track != VoiceRecordingTrackAll {
		return nil, tandem.Errorf(tandem.Invalid, "VoiceRecordingTrack", "%s is not supported; use %s", *track, VoiceRecordingTrackAll)
	}
	return &StartContactRecordingResponse{}, s.setRecording(call, in.InstanceId, in.ContactId, in.InitialContactId, nil, center.StartRecording)
}

func (s *Server) stopContactRecording(call *Call, in *StopContactRecordingRequest) (*StopContactRecordingResponse, error) {
	return &StopContactRecordingResponse{}, s.setRecording(call, in.InstanceId, in.ContactId, in.InitialContactId, in.ContactRecordingType, center.StopRecording)
}

// suspendContactRecording records silence until the recording is resumed.
func (s *Server) suspendContactRecording(call *Call, in *SuspendContactRecordingRequest) (*SuspendContactRecordingResponse, error) {
	return &SuspendContactRecordingResponse{}, s.setRecording(call, in.InstanceId, in.ContactId, in.InitialContactId, in.ContactRecordingType, center.SuspendRecording)
}

func (s *Server) resumeContactRecording(call *Call, in *ResumeContactRecordingRequest) (*ResumeContactRecordingResponse, error) {
	return &ResumeContactRecordingResponse{}, s.setRecording(call, in.InstanceId, in.ContactId, in.InitialContactId, in.ContactRecordingType, center.ResumeRecording)
}

// setRecording gives the command for a contact of the chain that the initial
// contact began.
func (s *Server) setRecording(call *Call, instance, contact, initial *string, kind *ContactRecordingType, action center.RecordingAction) error {
	sc, err := s.scope(call, instance)
	if err != nil {
		return err
	}
	if kind != nil && *kind != ContactRecordingTypeAgent {
		return tandem.Errorf(tandem.Invalid, "ContactRecordingType", "%s is not supported; use %s", *kind, ContactRecordingTypeAgent)
	}
	initialID, err := sc.ref(ResourceContact, "InitialContactId", initial)
	if err != nil {
		return err
	}
	_, err = sc.control(contact, func(c *center.Contact) (any, error) {
		if c.InitialContactID != initialID {
			return nil, tandem.Errorf(tandem.NotFound, "InitialContactId", "the contact %s did not begin with this one", c.ContactID)
		}
		return center.SetContactRecording{ContactID: c.ContactID, Recording: action}, nil
	})
	return err
}
