# The short verbs. `make` alone lists them; each is one line, longer work lives in scripts/.
.DEFAULT_GOAL := help
.PHONY: help setup demo test e2e ci asvs lint fmt deny bench attack timing js
PORT ?= 8080

help:   ## this list
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
demo:   ## cloud, agent and a simulated recorder on http://127.0.0.1:8080 (PORT=9090 moves it)
	@scripts/demo.sh $(PORT)
setup:  ## install what the tests need (Debian packages; asks sudo when not root)
	@scripts/steps.sh setup
test:   ## setup, then every test there is
	@scripts/steps.sh setup build rust postgres js types asvs
e2e:    ## only the stories through the real binary and a real browser
	@scripts/steps.sh setup e2e
ci:     ## what continuous integration runs: format, lint, deny, test
	@scripts/steps.sh fmt lint deny setup build rust postgres js types asvs
asvs:   ## runs the tests of OWASP ASVS 5.0 and prints how each row stands
	@scripts/steps.sh setup build asvs_tests js asvs_rows
lint:   ## clippy, warnings are errors
	@cargo clippy --workspace --all-targets -- -D warnings
fmt:    ## format the code in place
	@cargo fmt --all
deny:   ## licences, banned crates, sources, advisories
	@scripts/deny.sh
bench:  ## time to first picture, cost per viewer and link, pages and log-ins; writes target/bench/*.json
	@scripts/steps.sh setup bench
attack: ## attacks a cloud of its own over loopback and prints what each attack reached
	@scripts/steps.sh setup attack
timing: ## compares 2 x 5,000 answers to known and unknown people on each page (a quarter of an hour)
	@scripts/steps.sh setup timing
js:     ## only the tests and the type check of the pages' JavaScript
	@scripts/steps.sh js types
