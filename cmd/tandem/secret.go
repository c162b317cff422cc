package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"tandem/vault"
)

// secretPrefix is where the operator's secrets are in the vault.
const secretPrefix = "operator/"

// secretCommand keeps the secrets that the configuration names.
type secretCommand struct {
	Set secretSetCommand `cmd:"" help:"Keep a secret, read from standard input; its name is written as vault:NAME in the configuration."`
}

type secretSetCommand struct {
	settingFlags
	Name string `arg:"" help:"Name of the secret."`
}

// Run implements the command.
func (c *secretSetCommand) Run(ctx context.Context) error {
	cfg, err := c.load(nil)
	if err != nil {
		return err
	}
	if err := needInstance(cfg); err != nil {
		return err
	}
	secret, err := io.ReadAll(io.LimitReader(os.Stdin, vault.MaxSecretBytes+1))
	if err != nil {
		return fmt.Errorf("read the secret: %w", err)
	}
	if secret = bytes.TrimRight(secret, "\r\n"); len(secret) == 0 {
		return errors.New("there is no secret on standard input")
	}
	data, err := openData(ctx, cfg)
	if err != nil {
		return err
	}
	return errors.Join(data.vault.PutSecret(ctx, secretPrefix+c.Name, secret), data.close())
}
