package vault

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// MasterKey wraps all other keys. It prints as its fingerprint only.
type MasterKey [32]byte

// MasterKeyFile is the file of the data folder that holds the master key, as
// 64 hexadecimal digits; only its owner may read it (mode 0600).
const MasterKeyFile = "master.key"

// MasterKeyVariable is the environment variable that holds the master key
// instead, as 64 hexadecimal digits.
const MasterKeyVariable = "TANDEM_MASTER_KEY"

// ErrWrongMasterKey says that the master key at hand is not the one that the
// data was sealed with.
var ErrWrongMasterKey = errors.New("this is not the master key of this data")

// NewMasterKey makes a random key.
func NewMasterKey() MasterKey {
	var k MasterKey
	rand.Read(k[:]) // never fails: crypto/rand ends the program instead
	return k
}

// Fingerprint tells keys apart without giving them away.
func (k MasterKey) Fingerprint() string {
	id := k.id()
	return hex.EncodeToString(id[:])
}

// String is the fingerprint, so that a key that is logged by mistake stays secret.
func (k MasterKey) String() string { return "master key " + k.Fingerprint() }

// GoString is the fingerprint, for the same reason.
func (k MasterKey) GoString() string { return k.String() }

const idBytes = 4

func (k MasterKey) id() (id [idBytes]byte) {
	sum := sha256.Sum256(append([]byte("tandem master key id\x00"), k[:]...))
	copy(id[:], sum[:])
	return id
}

// InitMasterKey makes a new master key and writes it to the folder. It
// refuses to replace one: without it, sealed data is lost for good.
func InitMasterKey(dir string) (MasterKey, error) {
	k := NewMasterKey()
	path := filepath.Join(dir, MasterKeyFile)
	err := writeKey(path, k)
	if errors.Is(err, fs.ErrExist) {
		return MasterKey{}, fmt.Errorf("%s is there already and is not replaced: without it, sealed data is lost for good", path)
	}
	return k, err
}

// LoadMasterKey reads the master key: from the environment if it is there,
// else from the folder. A file that others may read is refused. The error of
// a missing file is [fs.ErrNotExist].
func LoadMasterKey(dir string) (MasterKey, error) {
	if text := os.Getenv(MasterKeyVariable); text != "" {
		k, err := parseKey(text)
		if err != nil {
			return k, fmt.Errorf("%s: %w", MasterKeyVariable, err)
		}
		return k, nil
	}
	return readKey(filepath.Join(dir, MasterKeyFile))
}

func readKey(path string) (MasterKey, error) {
	info, err := os.Stat(path)
	if err != nil {
		return MasterKey{}, fmt.Errorf("read the master key: %w", err)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return MasterKey{}, fmt.Errorf("others may read the master key %s (mode %04o); run: chmod 600 %s", path, mode, path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return MasterKey{}, fmt.Errorf("read the master key: %w", err)
	}
	k, err := parseKey(string(text))
	if err != nil {
		return k, fmt.Errorf("%s: %w", path, err)
	}
	return k, nil
}

func parseKey(text string) (k MasterKey, err error) {
	b, err := hex.DecodeString(strings.TrimSpace(text))
	if err != nil || len(b) != len(k) {
		return k, fmt.Errorf("a master key is %d hexadecimal digits", 2*len(k))
	}
	return MasterKey(b), nil
}

// writeKey writes a new file and makes it durable.
func writeKey(path string, k MasterKey) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(f, hex.EncodeToString(k[:]))
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write the master key: %w", err)
	}
	return syncDir(filepath.Dir(path))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// master is a master key, ready for use.
type master struct {
	key  MasterKey
	id   [idBytes]byte
	aead cipher.AEAD
}

func newMaster(k MasterKey) *master { return &master{key: k, id: k.id(), aead: newAEAD(k[:])} }

// newAEAD is AES-256-GCM with a random nonce in front of what it seals.
func newAEAD(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // only a key of a wrong length, which is ours
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err) // AES has the right block size
	}
	return aead
}

// wrap gives the key's id, then nonce, sealed bytes and tag.
func (m *master) wrap(plain, place []byte) []byte {
	return m.aead.Seal(bytes.Clone(m.id[:]), nil, plain, place)
}

// wrapped reports whether b says that this key wrapped it.
func (m *master) wrapped(b []byte) bool { return bytes.HasPrefix(b, m.id[:]) }

func (m *master) unwrap(wrapped, place []byte) ([]byte, error) {
	if len(wrapped) < idBytes {
		return nil, errors.New("a wrapped key or secret is too short; restore the journal from a backup")
	}
	if !m.wrapped(wrapped) {
		return nil, fmt.Errorf("%w: it was sealed with master key %x, and the one at hand is %s. "+
			"Put back the %s that belongs to this data folder, from the backup of the folder, or set %s to it",
			ErrWrongMasterKey, wrapped[:idBytes], m.key.Fingerprint(), MasterKeyFile, MasterKeyVariable)
	}
	plain, err := m.aead.Open(nil, nil, wrapped[idBytes:], place)
	if err != nil {
		return nil, fmt.Errorf("a wrapped key or secret is damaged; restore the journal from a backup: %w", err)
	}
	return plain, nil
}
