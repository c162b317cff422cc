// Package erase makes recordings vanish once their subject is erased: it
// deletes the blobs of every contact of the chain. Deleting again does no
// harm, so it is done at least once; what could not be deleted is kept in a
// table and tried again.
package erase
