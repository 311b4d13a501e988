package main

import (
	"io"

	"github.com/spf13/cobra"

	"servicesbot/whmcs/local"
)

func (p *process) localWorkerCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "local-worker",
		Short: "Print the PHP file that WHMCS_LOCAL_COMMAND runs",
		Long: `Prints the worker of WHMCS's Local API: one PHP file, for PHP 7.4 to 8.3, that runs on
the server of WHMCS in place of the HTTP API. Read it before you let it run: it is the
only check of what may be asked. .github/OPERATING.md says how to set it up.`,
		Example: `  servicesbot local-worker > worker.php
  WHMCS_LOCAL_COMMAND="php -q worker.php /var/www/whmcs" servicesbot doctor`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := io.WriteString(p.stdout, local.Script)
			return err
		},
	}
}
