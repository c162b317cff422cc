// Package record keeps the contact records (contact trace records): exactly
// one for each contact, written when the contact has ended, with all that
// happened to it. The JSON form is that of the Amazon Connect Administrator
// Guide: contact records data model; exact times in milliseconds stand in
// columns beside it.
//
// A record changes after its contact has ended only when attributes are set,
// a recording is stored, a next contact begins, or its subject is erased. Of
// an erased subject nothing personal stays.
package record
