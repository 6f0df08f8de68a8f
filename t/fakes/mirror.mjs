// Says back what it was sent, and remembers how often: to test those who ask.
export const fresh = () => ({ count: 0 });

export function handle(request, state) {
	state.count++;
	return { status: 200, body: { count: state.count, method: request.method, path: request.path, query: Object.fromEntries(request.query), body: request.body } };
}
