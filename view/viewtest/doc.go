// Package viewtest tells stories to views: a real engine over a journal in
// memory, a real center that takes commands or is told events, and the real
// file of the readers' tables. Tests of views use it.
package viewtest
