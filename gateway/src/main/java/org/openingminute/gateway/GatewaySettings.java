package org.openingminute.gateway;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.openingminute.kit.access.AccessTokens;
import org.openingminute.kit.access.StaffTrust;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * All of the gateway's own keys. The gateway refuses to start, and says why, if a key is unknown or a setting cannot
 * work.
 *
 * @param mode {@code rehearsal} (with a banner) or {@code deployed}
 * @param publicUrl the public URL of the gateway, without a trailing slash; {@code http://localhost:8080} in a rehearsal if empty
 * @param upstream where the services are
 * @param budgets how long things may take
 * @param bulkheads how many calls may be in progress
 * @param bodies how large and how slow bodies of requests may be
 * @param staff who may sign in and how tokens are signed
 * @param paymentPages origins of providers' pages, separated by spaces, to which a form that pays may lead
 *     ({@code Content-Security-Policy})
 * @param trustedProxies addresses, or ranges such as {@code 10.0.0.0/8}, of the proxies before the gateway; the gateway trusts
 *     the {@code X-Forwarded-For} header of these and of nobody else
 * @param limits how much one client may ask for
 * @param redisUrl URL of the Redis or Valkey through which several gateways share their limits and waiting rooms, as
 *     {@code redis://redis:6379}; each has its own if empty
 * @param room of waiting rooms
 */
@ConfigurationProperties(prefix = "gateway", ignoreUnknownFields = false)
public record GatewaySettings(
        @DefaultValue("deployed") Mode mode,
        @DefaultValue("") String publicUrl,
        Upstream upstream,
        @DefaultValue Budgets budgets,
        @DefaultValue Bulkheads bulkheads,
        @DefaultValue Bodies bodies,
        StaffSettings staff,
        @DefaultValue("https://checkout.stripe.com") String paymentPages,
        @DefaultValue List<String> trustedProxies,
        @DefaultValue Limits limits,
        @DefaultValue("") String redisUrl,
        RoomSettings room) {

    private static final String REHEARSAL_URL = "http://localhost:8080";

    public GatewaySettings {
        if (publicUrl.isBlank()) {
            if (mode == Mode.DEPLOYED) {
                throw new IllegalArgumentException("PUBLIC_URL is missing: a deployed gateway needs it");
            }
            publicUrl = REHEARSAL_URL;
        }
        URI parsed = URI.create(publicUrl);
        if (parsed.getHost() == null || !parsed.getPath().isEmpty() || !isHttp(parsed)) {
            throw new IllegalArgumentException(
                    "PUBLIC_URL must look like https://register.example.org, without a path or a trailing slash");
        }
        staff.provider();
        if (mode == Mode.DEPLOYED) {
            staff.passwords().requireLong();
        }
        org.openingminute.kit.startup.Limits.areOn(limits.state(), mode == Mode.REHEARSAL);
        if (!redisUrl.isEmpty() && !isAddress(redisUrl, "redis", "rediss")) {
            throw new IllegalArgumentException("REDIS_URL must look like redis://redis:6379");
        }
    }

    /** The trust in the gateway's own tokens, the only ones that services accept. */
    public StaffTrust staffTrust() {
        return StaffTrust.ofGateway(publicUrl, staff.issuer(), "");
    }

    /** The trust in tokens of the OpenID Connect issuer; empty if none is configured. */
    public Optional<StaffTrust> providerTrust() {
        return staff.provider();
    }

    private static boolean isHttp(URI uri) {
        return "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
    }

    private static boolean isAddress(String url, String... schemes) {
        try {
            URI parsed = new URI(url);
            return parsed.getHost() != null && List.of(schemes).contains(parsed.getScheme());
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /** Whether clients reach the gateway over https. */
    public boolean isHttps() {
        return publicUrl.toLowerCase(Locale.ROOT).startsWith("https:");
    }

    /** Whether the limits by address and token are enforced. */
    public boolean limitsAreOn() {
        return org.openingminute.kit.startup.Limits.areOn(limits.state(), mode == Mode.REHEARSAL);
    }

    public URI urlOf(Service service) {
        return switch (service) {
            case REGISTRATION -> upstream.registration();
            case PAYMENT -> upstream.payment();
            case NOTIFICATION -> upstream.notification();
        };
    }

    /** Omits the URL of Redis, which may contain a password. */
    @Override
    public String toString() {
        return "GatewaySettings[mode=" + mode + ", publicUrl=" + publicUrl + "]";
    }

    /** Whether the system rehearses or is deployed; all services read the same switch. */
    public enum Mode {
        REHEARSAL,
        DEPLOYED
    }

    /**
     * Where the services are.
     *
     * @param registration base URL of registration-service
     * @param payment base URL of payment-service
     * @param notification base URL of notification-service
     */
    public record Upstream(URI registration, URI payment, URI notification) {}

    /**
     * Time limits. A route's budget is the time that a service may take to begin its answer once it could have received the whole request.
     * The same limit applies to the gap between two pieces of the answer.
     *
     * @param webhooks how long payment-service may take to answer a provider's webhook
     * @param payment how long payment-service may take to answer any request except webhooks
     * @param notification how long notification-service may take to answer
     * @param registration how long registration-service may take to answer
     * @param stream how long registration-service may take to the first byte of a stream of events; after that it may be silent
     * @param requestBody how long a client may take to send a request's body
     * @param internal how long a service may take to answer the gateway's own questions
     * @param breakerOpen how long a breaker stays open before it lets a few calls try
     */
    public record Budgets(
            @DefaultValue("10s") Duration webhooks,
            @DefaultValue("15s") Duration payment,
            @DefaultValue("10s") Duration notification,
            @DefaultValue("10s") Duration registration,
            @DefaultValue("30s") Duration stream,
            @DefaultValue("60s") Duration requestBody,
            @DefaultValue("1s") Duration internal,
            @DefaultValue("3s") Duration breakerOpen) {}

    /**
     * Rate limits for one client. A limit reads {@code 50/s, 250 at once}. A call reads {@code GET /api/conferences/*}, or is a path alone
     * for any method.
     *
     * @param state {@code on} or {@code off}; if empty, on in a deployment and off in a rehearsal
     * @param token how many calls pass with one access token
     * @param staff how many calls pass with one staff token
     * @param place how many places in waiting rooms one address gets
     * @param address how many calls without a token pass from one address: an IPv4 address or an IPv6 /64
     * @param patience how long one call of each connection waits for its turn where the address has used up its calls
     * @param free calls that nothing limits, separated by commas, beside the reads that are kept for everyone and what a rehearsal alone
     *     has: what the gateway itself knows, and webhooks
     * @param tokenNeeded calls that succeed only with a good token, so that their success proves it
     * @param registering calls that make a registration and return its location: its token counts as good at once
     * @param places calls that take a place in a waiting room, unless a {@code GET} bears one
     */
    public record Limits(
            @DefaultValue("") String state,
            @DefaultValue("20/s, 100 at once") Rate token,
            @DefaultValue("50/s, 200 at once") Rate staff,
            @DefaultValue("5/s, 500 at once") Rate place,
            @DefaultValue("50/s, 250 at once") Rate address,
            @DefaultValue("5s") Duration patience,

            @DefaultValue({
                "GET /api/waiting-room/*",
                "GET /favicon.ico",
                "GET /health",
                "GET /api/version",
                "GET /api/openapi.json",
                "GET /api/asyncapi.yaml",
                "GET /api/schemas/*",
                "GET /api/docs/**",
                "POST /api/payments/webhooks/*"
            })
            List<String> free,

            @DefaultValue({
                "/api/registrations/*/**",
                "/api/payments/*/**",
                "/api/waiting-list/*",
                "/api/admin/**",
                "/api/ops/**",
                "/desk/**",
                "/registrations/*/**"
            })
            List<String> tokenNeeded,

            @DefaultValue({"POST /api/conferences/*/registrations", "POST /conferences/*/register"})
            List<String> registering,

            @DefaultValue({"POST /api/waiting-room/*/places", "GET /waiting-room/*", "POST /waiting-room/*"})
            List<String> places) {

        private static final Pattern CALL = Pattern.compile("([A-Z]+ )?/[A-Za-z0-9._/*-]*");

        public Limits {
            check(free, "FREE");
            check(tokenNeeded, "TOKENNEEDED");
            check(registering, "REGISTERING");
            check(places, "PLACES");
            if (patience.isNegative()) {
                throw new IllegalArgumentException("GATEWAY_LIMITS_PATIENCE is negative");
            }
        }

        private static void check(List<String> calls, String name) {
            if (!calls.stream().allMatch(call -> CALL.matcher(call).matches())) {
                throw new IllegalArgumentException(
                        "GATEWAY_LIMITS_" + name + " must list calls such as GET /api/conferences/*");
            }
        }
    }

    /**
     * Bounds on the calls in progress at each service, by kind of call. Calls above a bound get 503 at once.
     *
     * @param registrations how many registrations may be in progress
     * @param writes how many writes other than registrations may be in progress at each service
     * @param reads how many reads may be in progress at each service
     * @param streams how many streams of events may be open
     */
    public record Bulkheads(
            @DefaultValue("768") int registrations,
            @DefaultValue("256") int writes,
            @DefaultValue("512") int reads,
            @DefaultValue("2000") int streams) {

        public Bulkheads {
            check(registrations, "REGISTRATIONS");
            check(writes, "WRITES");
            check(reads, "READS");
            check(streams, "STREAMS");
        }

        private static void check(int bound, String name) {
            if (bound < 1) {
                throw new IllegalArgumentException("GATEWAY_BULKHEADS_" + name + " is below 1");
            }
        }
    }

    /**
     * Limits on the size and the speed of request bodies; the budget {@code requestBody} limits their total time. They apply whether or not
     * the rate limits are on.
     *
     * @param withoutToken how large the body of a call without a token may be
     * @param withToken how large the body of a call with a token may be
     * @param file how large the upload of a proof or a bank's file may be; registration-service takes files of 5 MB and requests
     *     of 6 MB at most
     * @param headStart how long a body may come as slowly as it likes
     * @param perSecond how much of a body comes in each second after its head start, at least
     * @param inTransit how much of bodies that have not ended this gateway takes, each without its first 64 KiB; one address has an
     *     eighth of it once half is used
     */
    public record Bodies(
            @DefaultValue("256KB") DataSize withoutToken,
            @DefaultValue("1MB") DataSize withToken,
            @DefaultValue("6MB") DataSize file,
            @DefaultValue("5s") Duration headStart,
            @DefaultValue("1KB") DataSize perSecond,
            @DefaultValue("64MB") DataSize inTransit) {

        /** The number of equal shares of {@code inTransit}: once half of it is used, one address may use one share. */
        public static final int ADDRESSES = 8;

        public Bodies {
            check(withoutToken, "WITHOUTTOKEN");
            check(withToken, "WITHTOKEN");
            check(file, "FILE");
            check(perSecond, "PERSECOND");
            if (headStart.isNegative()) {
                throw new IllegalArgumentException("GATEWAY_BODIES_HEADSTART is negative");
            }
            if (inTransit.toBytes() / ADDRESSES < file.toBytes()) {
                throw new IllegalArgumentException("GATEWAY_BODIES_INTRANSIT is below eight times GATEWAY_BODIES_FILE");
            }
        }

        private static void check(DataSize size, String name) {
            if (size.toBytes() < 1) {
                throw new IllegalArgumentException("GATEWAY_BODIES_" + name + " must be above zero");
            }
        }
    }

    /**
     * How often sign-in to a local account may fail, from an address or from a browser that has signed in to it before. After that each
     * further attempt has to wait for a pause, which doubles with each failure.
     *
     * @param failures how often signing in to one account may fail from one address or known browser before it has to wait, 3 at least
     * @param failuresInAll how often signing in may fail from one address, at all accounts together, before it has to wait
     * @param firstPause how long the first wait after failed sign-ins is
     * @param longestPause the longest wait after failed sign-ins
     * @param forgottenAfter how long after the last failed sign-in all failures are forgotten
     */
    public record SignIn(
            @DefaultValue("5") int failures,
            @DefaultValue("50") int failuresInAll,
            @DefaultValue("1s") Duration firstPause,
            @DefaultValue("15m") Duration longestPause,
            @DefaultValue("1h") Duration forgottenAfter) {

        /** The number of attempts that a client without recent failures always has. */
        private static final int FEWEST = 3;

        public SignIn {
            if (failures < FEWEST) {
                throw new IllegalArgumentException("GATEWAY_STAFF_SIGNIN_FAILURES is below " + FEWEST);
            }
            if (failuresInAll < failures) {
                throw new IllegalArgumentException(
                        "GATEWAY_STAFF_SIGNIN_FAILURESINALL is below GATEWAY_STAFF_SIGNIN_FAILURES");
            }
            if (firstPause.toMillis() < 1) {
                throw new IllegalArgumentException("GATEWAY_STAFF_SIGNIN_FIRSTPAUSE is below 1ms");
            }
            if (longestPause.compareTo(firstPause) < 0) {
                throw new IllegalArgumentException(
                        "GATEWAY_STAFF_SIGNIN_LONGESTPAUSE is shorter than GATEWAY_STAFF_SIGNIN_FIRSTPAUSE");
            }
            if (forgottenAfter.compareTo(longestPause) < 0) {
                throw new IllegalArgumentException(
                        "GATEWAY_STAFF_SIGNIN_FORGOTTENAFTER is shorter than GATEWAY_STAFF_SIGNIN_LONGESTPAUSE");
            }
        }
    }

    /**
     * Settings of waiting rooms.
     *
     * @param keys keys of places and admissions, {@code id:base64url-secret}, comma separated, 32 bytes at least; the first signs, all
     *     verify; the same in registration-service
     * @param capacity registrations a second that registration-service is taken to decide, where no opening has shown it and the
     *     organiser wants no number
     * @param file the file in which a gateway without {@code REDIS_URL} keeps its waiting rooms; if empty, they are lost when it ends
     */
    public record RoomSettings(
            String keys,
            @DefaultValue("50") int capacity,
            @DefaultValue("") String file) {

        public RoomSettings {
            if (keys.isBlank()) {
                throw new IllegalArgumentException("WAITING_ROOM_KEYS is missing");
            }
            AccessTokens.of("WAITING_ROOM_KEYS", keys);
            if (capacity < 1) {
                throw new IllegalArgumentException("ROOM_CAPACITY is below 1");
            }
        }

        public AccessTokens tokens() {
            return AccessTokens.of("WAITING_ROOM_KEYS", keys);
        }

        @Override
        public String toString() {
            return "Room[capacity=" + capacity + ", file=" + file + "]";
        }
    }

    /**
     * Which staff may sign in, and how their tokens are signed.
     *
     * @param signingKey PEM (PKCS#8) of the EC P-256 key that signs staff tokens: text, or {@code file:} and a path; the same at
     *     every gateway
     * @param issuer the {@code iss} that staff tokens bear; the public URL if empty
     * @param oidcIssuer an OpenID Connect issuer that signs the staff in; it turns the local accounts off
     * @param oidcAudience the name by which the OpenID Connect issuer knows this system, which its tokens must carry; needed with
     *     one
     * @param oidcRolesClaim the claim of the OpenID Connect issuer's tokens that names a member's roles
     * @param oidcClientId the name by which the OpenID Connect issuer knows the sign-in of browsers, which it redirects to
     *     {@code PUBLIC_URL/sign-in/callback}; {@code OIDC_AUDIENCE} if empty
     * @param oidcClientSecret the secret of that client; without one the client is public and uses PKCE alone
     * @param jwksUri where the keys of the OpenID Connect issuer are; needed with one
     * @param passwords of the built-in accounts; an empty one closes its account
     * @param accounts local accounts of named people, a line each: username, name, mailbox or nothing, roles with spaces between
     *     them, and the hash that {@code hash-password} makes, separated by vertical bars; a semicolon may stand for the end of a line
     * @param signIn how often it may fail
     */
    public record StaffSettings(
            String signingKey,
            String issuer,
            String oidcIssuer,
            @DefaultValue("") String oidcAudience,
            @DefaultValue("roles") String oidcRolesClaim,
            @DefaultValue("") String oidcClientId,
            @DefaultValue("") String oidcClientSecret,
            String jwksUri,
            Passwords passwords,
            @DefaultValue("") String accounts,
            @DefaultValue SignIn signIn) {

        public StaffSettings {
            if (signingKey.isBlank()) {
                throw new IllegalArgumentException("STAFF_SIGNING_KEY is missing");
            }
            if (!oidcIssuer.isBlank() && !isAddress(oidcIssuer, "https", "http")) {
                throw new IllegalArgumentException("OIDC_ISSUER must look like https://id.example.org");
            }
        }

        /** This system's client id at the OpenID Connect issuer. */
        public String clientId() {
            return oidcClientId.isBlank() ? oidcAudience : oidcClientId;
        }

        public boolean hasOidcIssuer() {
            return !oidcIssuer.isBlank();
        }

        private Optional<StaffTrust> provider() {
            return oidcIssuer.isBlank() && oidcAudience.isBlank()
                    ? Optional.empty()
                    : Optional.of(StaffTrust.ofIssuer(oidcIssuer, oidcAudience, jwksUri, oidcRolesClaim));
        }

        @Override
        public String toString() {
            return "Staff[issuer=" + issuer + ", oidcIssuer=" + oidcIssuer + "]";
        }
    }

    /**
     * Passwords of the built-in accounts.
     *
     * @param organiser password of the account {@code organiser}; it cannot sign in if empty
     * @param finance password of the account {@code finance}; it cannot sign in if empty
     * @param checkIn password of the account {@code check-in}; it cannot sign in if empty
     * @param operator password of the account {@code operator}; it cannot sign in if empty
     */
    public record Passwords(String organiser, String finance, String checkIn, String operator) {

        /** The minimum length of a password in a deployment, in characters. */
        public static final int SHORTEST = 12;

        private void requireLong() {
            requireLong("ORGANISER_PASSWORD", organiser);
            requireLong("FINANCE_PASSWORD", finance);
            requireLong("CHECK_IN_PASSWORD", checkIn);
            requireLong("OPERATOR_PASSWORD", operator);
        }

        private static void requireLong(String name, String password) {
            if (!password.isBlank() && password.length() < SHORTEST) {
                throw new IllegalArgumentException(name + " has fewer than " + SHORTEST + " characters");
            }
        }

        @Override
        public String toString() {
            return "Passwords[•••]";
        }
    }
}
