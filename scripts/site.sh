# nginx in front of souk-api: a local certificate authority, and the site rendered from nginx/*. Sourced.
# shellcheck shell=bash
. "$(dirname "${BASH_SOURCE[0]}")/say.sh"

# A CA of this stack alone, and a server certificate for 127.0.0.1 and localhost. The CA's key is thrown away.
tls_create() {
	local tls=$1 work=$1/work
	rm -rf "$work"
	mkdir -p "$work"
	chmod 700 "$tls"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 825 -subj "/CN=Souk private stack CA" \
		-addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign,cRLSign" \
		-keyout "$work/ca.key" -out "$work/ca.pem"
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=localhost" \
		-keyout "$work/server.key" -out "$work/server.csr"
	printf '%s\n' "subjectAltName=IP:127.0.0.1,DNS:localhost" "extendedKeyUsage=serverAuth" \
		"basicConstraints=CA:FALSE" "keyUsage=digitalSignature" >"$work/ext"
	openssl x509 -req -in "$work/server.csr" -CA "$work/ca.pem" -CAkey "$work/ca.key" -CAcreateserial \
		-days 825 -extfile "$work/ext" -out "$work/server.pem"
	mv "$work/server.key" "$work/server.pem" "$work/ca.pem" "$tls/"
	rm -rf "$work"
}

# site_render DIR PORT
site_render() {
	local dir=$1 port=$2 user="" file
	[ "$(id -u)" != 0 ] || user="user root;"
	for file in nginx.conf.in souk.conf.in souk-api.inc souk-fault.inc; do
		sed -e "s|@DIR@|$dir|g; s|@ETC@|$dir/etc|g; s|@ACCESS_LOG@|$dir/log/nginx-access.log|; s|@TLS@|$dir/tls|g" \
			-e "s|@DEFAULT@| default_server|; s|@NAME@|localhost|" \
			-e "s|@USER@|$user|; s|@SOCKET@|$dir/run/souk.sock|; s|@ADDRESS@|127.0.0.1|" \
			-e "s|@PORT@|$port|; s|@SANDBOX_PORT@|$((port + 1))|; s|@PLAIN_PORT@|$((port + 2))|" \
			-e "s|@BASE_URL@|https://127.0.0.1:$port|g" \
			"$ROOT/nginx/$file" >"$dir/etc/${file%.in}"
	done
}

site_running() { process_alive "$1/run/nginx.pid" "$1"; }
port_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

site_start() {
	local dir=$1
	nginx -p "$dir" -c "$dir/etc/nginx.conf" -e "$dir/log/nginx-error.log"
	wait_for 10 site_running "$dir"
}

# site_up DIR PORT: starts nginx, or lets a running one read its files again if they changed.
site_up() {
	local dir=$1 port=$2 before offset
	mkdir -p "$dir"/{run,log,tls,etc,tmp}
	[ -s "$dir/tls/server.pem" ] || step "making a local certificate" "$dir/log/tls.log" tls_create "$dir/tls"
	before=$(cat "$dir"/etc/{nginx.conf,souk.conf,souk-api.inc,souk-fault.inc} 2>/dev/null | cksum)
	site_render "$dir" "$port"
	if site_running "$dir"; then
		[ "$before" = "$(cat "$dir"/etc/{nginx.conf,souk.conf,souk-api.inc,souk-fault.inc} | cksum)" ] ||
			step "reloading nginx" "$dir/log/nginx-start.log" kill -HUP "$(cat "$dir/run/nginx.pid")"
		return
	fi
	for offset in 0 1 2; do
		! port_taken $((port + offset)) || die "port $((port + offset)) is in use; choose another: ./dev up --port N (N, N+1, N+2)"
	done
	step "starting nginx on port $port" "$dir/log/nginx-start.log" site_start "$dir"
}

site_stop() { process_stop "$1/run/nginx.pid" "$1" 10; }
