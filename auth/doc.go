// Package auth says who may do what: access keys of the Connect API, with the
// secrets in the vault. Every edge asks it.
package auth
