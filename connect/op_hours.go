package connect

import (
	"tandem"
	"tandem/center"
	"tandem/event"
)

const minutesPerHour = 60

// weekdays are the API's names in the order of event.HoursSlot.
var weekdays = [...]HoursOfOperationDays{
	HoursOfOperationDaysSunday, HoursOfOperationDaysMonday, HoursOfOperationDaysTuesday, HoursOfOperationDaysWednesday,
	HoursOfOperationDaysThursday, HoursOfOperationDaysFriday, HoursOfOperationDaysSaturday,
}

func (s *Server) createHoursOfOperation(call *Call, in *CreateHoursOfOperationRequest) (*CreateHoursOfOperationResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	if err := refuse(in, "ParentHoursOfOperationConfigs"); err != nil {
		return nil, err
	}
	h := event.HoursSaved{HoursID: newID(), Name: *in.Name, Description: text[string](in.Description),
		TimeZone: *in.TimeZone, Slots: hoursSlots(in.Config), Tags: in.Tags}
	if _, err := sc.do(center.SaveHours{Hours: h, New: true}); err != nil {
		return nil, err
	}
	return &CreateHoursOfOperationResponse{HoursOfOperationId: new(h.HoursID.String()), HoursOfOperationArn: sc.arn(ResourceHours, h.HoursID)}, nil
}

func hoursSlots(config []HoursOfOperationConfig) (slots []event.HoursSlot) {
	for _, c := range config {
		for day, name := range weekdays {
			if *c.Day == name {
				slots = append(slots, event.HoursSlot{Weekday: uint8(day), StartMinute: minuteOfDay(c.StartTime), EndMinute: minuteOfDay(c.EndTime)})
			}
		}
	}
	return slots
}

func minuteOfDay(t *HoursOfOperationTimeSlice) uint16 {
	return uint16(*t.Hours)*minutesPerHour + uint16(*t.Minutes)
}

func hoursConfig(slots []event.HoursSlot) []HoursOfOperationConfig {
	config := []HoursOfOperationConfig{}
	for _, slot := range slots {
		config = append(config, HoursOfOperationConfig{
			Day: &weekdays[slot.Weekday], StartTime: timeSlice(slot.StartMinute), EndTime: timeSlice(slot.EndMinute)})
	}
	return config
}

func timeSlice(minuteOfDay uint16) *HoursOfOperationTimeSlice {
	return &HoursOfOperationTimeSlice{Hours: new(int32(minuteOfDay / minutesPerHour)), Minutes: new(int32(minuteOfDay % minutesPerHour))}
}

func (s *Server) describeHoursOfOperation(call *Call, in *DescribeHoursOfOperationRequest) (*DescribeHoursOfOperationResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	var h *event.HoursSaved
	err = sc.read(func(st *center.State) (err error) {
		h, err = find(sc, st.Hours, ResourceHours, "HoursOfOperationId", in.HoursOfOperationId)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &DescribeHoursOfOperationResponse{HoursOfOperation: &HoursOfOperation{
		HoursOfOperationId: new(h.HoursID.String()), HoursOfOperationArn: sc.arn(ResourceHours, h.HoursID),
		Name: &h.Name, Description: given(h.Description), TimeZone: &h.TimeZone, Config: hoursConfig(h.Slots), Tags: present(h.Tags),
		LastModifiedTime: moment(h.ModifiedAt), LastModifiedRegion: sc.region(),
	}}, nil
}

func (s *Server) listHoursOfOperations(call *Call, in *ListHoursOfOperationsRequest) (*ListHoursOfOperationsResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	things := func(st *center.State) map[tandem.ID]*event.HoursSaved { return st.Hours }
	part, next, err := list(sc, things, func(id tandem.ID, h *event.HoursSaved) (HoursOfOperationSummary, bool) {
		return HoursOfOperationSummary{Id: new(id.String()), Arn: sc.arn(ResourceHours, id), Name: &h.Name,
			LastModifiedTime: moment(h.ModifiedAt), LastModifiedRegion: sc.region()}, true
	}, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &ListHoursOfOperationsResponse{HoursOfOperationSummaryList: part, NextToken: next}, nil
}

func (s *Server) updateHoursOfOperation(call *Call, in *UpdateHoursOfOperationRequest) (*Empty, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	return &Empty{}, sc.change(func(st *center.State) (any, error) {
		old, err := find(sc, st.Hours, ResourceHours, "HoursOfOperationId", in.HoursOfOperationId)
		if err != nil {
			return nil, err
		}
		h := *old
		set(&h.Name, in.Name)
		set(&h.Description, in.Description)
		set(&h.TimeZone, in.TimeZone)
		if in.Config != nil {
			h.Slots = hoursSlots(in.Config)
		}
		return center.SaveHours{Hours: h}, nil
	})
}

func (s *Server) deleteHoursOfOperation(call *Call, in *DeleteHoursOfOperationRequest) (*Empty, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	id, err := sc.ref(ResourceHours, "HoursOfOperationId", in.HoursOfOperationId)
	if err != nil {
		return nil, err
	}
	_, err = sc.do(center.DeleteHours{HoursID: id})
	return &Empty{}, err
}
