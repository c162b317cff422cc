package center

import "testing"

func TestNumbersThatCustomersTypeBecomeE164(t *testing.T) {
	for _, c := range []struct {
		digits, country string
		local           bool
		want            string
	}{
		{"4155550100", "US", true, "+14155550100"},
		{"14155550100", "us", true, "+14155550100"},
		{"4155550100", "+1", true, "+14155550100"},
		{"030123456", "DE", true, "+4930123456"},
		{"30123456", "+49", true, "+4930123456"},
		{"0612345678", "IT", true, "+390612345678"},
		{"0612345678", "+39", true, "+390612345678"},
		{"4930123456", "", false, "+4930123456"},
		{"030123456", "", false, ""},
		{"030123456", "ZZ", true, ""},
		{"030123456", "", true, ""},
		{"03", "DE", true, ""},
		{"12345678901234567", "DE", true, ""},
		{"12*4567", "DE", true, ""},
		{"", "DE", true, ""},
	} {
		got, ok := env{}.PhoneNumber(c.digits, c.country, c.local)
		if ok != (c.want != "") || ok && got != c.want {
			t.Errorf("%q in %q is %q, %v; want %q", c.digits, c.country, got, ok, c.want)
		}
	}
}
