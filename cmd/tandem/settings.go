package main

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"tandem/cmd/tandem/config"
	"tandem/journal/sqlite"
)

// settingFlags are the flags that several commands share. An empty one leaves
// the setting to the environment, the file or the default.
type settingFlags struct {
	Data   string `help:"Data folder." placeholder:"DIR"`
	Config string `help:"Configuration file (TOML)." placeholder:"FILE" type:"path"`
	Log    string `help:"Log level: debug, info, warn, error." placeholder:"LEVEL"`
}

func (f settingFlags) load(more map[string]string) (config.Config, error) {
	flags := map[string]string{}
	for key, value := range more {
		if value != "" {
			flags[key] = value
		}
	}
	if f.Data != "" {
		flags["data"] = f.Data
	}
	if f.Log != "" {
		flags["log"] = f.Log
	}
	cfg, err := config.Load(f.Config, os.Environ(), flags)
	if err != nil {
		return cfg, err
	}
	// Children and stores may not share this process's working folder.
	if cfg.Data, err = filepath.Abs(cfg.Data); err != nil {
		return cfg, fmt.Errorf("find the data folder: %w", err)
	}
	return cfg, nil
}

// needInstance refuses a data folder without a journal.
func needInstance(cfg config.Config) error {
	if _, err := os.Stat(filepath.Join(cfg.Data, sqlite.FileName)); err != nil {
		return fmt.Errorf("there is no instance in %s yet; create one with: tandem init --data %s", cfg.Data, cfg.Data)
	}
	return nil
}

// logger writes structured lines to standard error.
func logger(level, process string) *slog.Logger {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		l = slog.LevelInfo
	}
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: l})).With("process", process)
}
