package connect

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// Resource is the word for a kind of resource in an ARN.
type Resource string

// The kinds of resources that belong to an instance, as Amazon Connect's ARNs
// spell them.
const (
	ResourceUser                  Resource = "agent"
	ResourceQueue                 Resource = "queue"
	ResourceAgentQueue            Resource = "queue/agent" // the id is the user's
	ResourceRoutingProfile        Resource = "routing-profile"
	ResourceSecurityProfile       Resource = "security-profile"
	ResourceAgentStatus           Resource = "agent-state"
	ResourceHierarchyGroup        Resource = "agent-group"
	ResourceHierarchyLevel        Resource = "agent-group-level" // the id is 1 to 5
	ResourceFlow                  Resource = "contact-flow"
	ResourceFlowModule            Resource = "flow-module"
	ResourcePrompt                Resource = "prompt"
	ResourceHours                 Resource = "operating-hours"
	ResourceQuickConnect          Resource = "transfer-destination"
	ResourceContact               Resource = "contact"
	ResourceLegacyNumber          Resource = "phone-number" // in ListPhoneNumbers only
	ResourceIntegration           Resource = "integration-association"
	ResourceUseCase               Resource = "use-case"
	ResourceView                  Resource = "view"
	ResourceTaskTemplate          Resource = "task-template"
	ResourceVocabulary            Resource = "vocabulary"
	ResourceRule                  Resource = "rule"
	ResourceEmailAddress          Resource = "email-address"
	ResourceFile                  Resource = "file"
	ResourceAuthenticationProfile Resource = "authentication-profile"
)

// ResourcePhoneNumber is a claimed number; it belongs to the account and may
// move between instances.
const ResourcePhoneNumber Resource = "phone-number"

// ARNs makes and reads the ARNs of one account in one region.
type ARNs struct {
	Partition string // such as "aws"
	Region    string // such as "us-east-1"
	Account   string // 12 digits
}

var (
	partitionForm = regexp.MustCompile(`^aws[a-z-]*$`)
	regionForm    = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-[0-9]$`)
	accountForm   = regexp.MustCompile(`^[0-9]{12}$`)
)

// check reports the part that clients would not take.
func (a ARNs) check() error {
	switch {
	case !partitionForm.MatchString(a.Partition):
		return fmt.Errorf("ARN partition %q must be like aws", a.Partition)
	case !regionForm.MatchString(a.Region):
		return fmt.Errorf("ARN region %q must be like us-east-1", a.Region)
	case !accountForm.MatchString(a.Account):
		return fmt.Errorf("ARN account %q must be 12 digits", a.Account)
	}
	return nil
}

func (a ARNs) prefix() string {
	return "arn:" + a.Partition + ":connect:" + a.Region + ":" + a.Account + ":"
}

// Instance is the ARN of an instance.
func (a ARNs) Instance(instanceID string) string { return a.prefix() + "instance/" + instanceID }

// Of is the ARN of a resource of an instance.
func (a ARNs) Of(instanceID string, kind Resource, id string) string {
	return a.Instance(instanceID) + "/" + string(kind) + "/" + id
}

// PhoneNumber is the ARN of a claimed number.
func (a ARNs) PhoneNumber(id string) string {
	return a.prefix() + string(ResourcePhoneNumber) + "/" + id
}

// ARN is what an ARN of ours names.
type ARN struct {
	InstanceID string   // empty for a claimed number
	Kind       Resource // empty for the instance itself
	ID         string   // empty for the instance itself
	Qualifier  string   // what follows ":" after the id, such as $SAVED or a version
}

var errForeignARN = errors.New("the ARN is not of this service, region and account")

// Parse reads an ARN. It refuses those of other accounts, regions or services.
func (a ARNs) Parse(arn string) (ARN, error) {
	path, ours := strings.CutPrefix(arn, a.prefix())
	if !ours {
		return ARN{}, errForeignARN
	}
	parts := strings.Split(path, "/")
	last := len(parts) - 1
	if strings.Contains("/"+path+"/", "//") || last < 1 {
		return ARN{}, fmt.Errorf("the ARN's resource %q is not KIND/ID", path)
	}
	id, qualifier, _ := strings.Cut(parts[last], ":")
	switch {
	case parts[0] == string(ResourcePhoneNumber) && last == 1:
		return ARN{Kind: ResourcePhoneNumber, ID: id, Qualifier: qualifier}, nil
	case parts[0] == "instance" && last == 1:
		return ARN{InstanceID: id, Qualifier: qualifier}, nil
	case parts[0] == "instance" && last >= 3:
		kind := Resource(strings.Join(parts[2:last], "/"))
		return ARN{InstanceID: parts[1], Kind: kind, ID: id, Qualifier: qualifier}, nil
	}
	return ARN{}, fmt.Errorf("the ARN's resource %q is not one of Amazon Connect", path)
}

// InstanceID takes an instance's id or ARN and returns the id. The result of
// an ARN that names something else is empty, which no instance has.
func (a ARNs) InstanceID(idOrARN string) string {
	if !strings.HasPrefix(idOrARN, "arn:") {
		return idOrARN
	}
	if parsed, err := a.Parse(idOrARN); err == nil && parsed.Kind == "" {
		return parsed.InstanceID
	}
	return ""
}

// ID takes a resource's id or ARN, either with a qualifier or not, and returns
// id and qualifier. The id is empty, which no resource has, for an ARN of
// another kind, instance or account. For a claimed number instanceID is empty.
func (a ARNs) ID(instanceID string, kind Resource, idOrARN string) (id, qualifier string) {
	if !strings.HasPrefix(idOrARN, "arn:") {
		id, qualifier, _ = strings.Cut(idOrARN, ":")
		return id, qualifier
	}
	parsed, err := a.Parse(idOrARN)
	if err != nil || parsed.Kind != kind || parsed.InstanceID != instanceID {
		return "", ""
	}
	return parsed.ID, parsed.Qualifier
}
