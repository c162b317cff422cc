package webrtc

import "github.com/pion/logging"

// silentLoggers keep pion from logging: its lines carry addresses, and what
// matters becomes an event of the peer.
type silentLoggers struct{}

// NewLogger implements logging.LoggerFactory.
func (silentLoggers) NewLogger(string) logging.LeveledLogger { return silent{} }

type silent struct{}

func (silent) Trace(string)          {}
func (silent) Tracef(string, ...any) {}
func (silent) Debug(string)          {}
func (silent) Debugf(string, ...any) {}
func (silent) Info(string)           {}
func (silent) Infof(string, ...any)  {}
func (silent) Warn(string)           {}
func (silent) Warnf(string, ...any)  {}
func (silent) Error(string)          {}
func (silent) Errorf(string, ...any) {}
