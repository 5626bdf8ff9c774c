package org.openingminute.gateway;

import java.net.URI;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;

/** Settings for tests that start no gateway. */
public final class TestSettings {

    /** The default settings. */
    public static final GatewaySettings.SignIn SIGN_IN =
            new Binder().bindOrCreate("gateway.staff.sign-in", Bindable.of(GatewaySettings.SignIn.class));

    private static final GatewaySettings.StaffSettings NO_STAFF = new GatewaySettings.StaffSettings(
            "key", "", "", "", "roles", "", "", "", new GatewaySettings.Passwords("", "", "", ""), "", SIGN_IN);

    private static final GatewaySettings.Upstream NOWHERE = new GatewaySettings.Upstream(
            URI.create("http://127.0.0.1:1"), URI.create("http://127.0.0.1:1"), URI.create("http://127.0.0.1:1"));

    /** The default settings. */
    public static final GatewaySettings.Limits LIMITS =
            new Binder().bindOrCreate("gateway.limits", Bindable.of(GatewaySettings.Limits.class));

    /** A new random key for each run: a deployed gateway refuses a key that appears in the source code. */
    public static final String ROOM_KEYS =
            "k1:" + Base64.getUrlEncoder().withoutPadding().encodeToString(new SecureRandom().generateSeed(32));

    private TestSettings() {}

    /** Settings of a rehearsal with these services. */
    public static GatewaySettings of(GatewaySettings.Upstream services) {
        return of(GatewaySettings.Mode.REHEARSAL, NO_STAFF, services, List.of(), "", "");
    }

    /** Settings of a rehearsal behind these proxies. */
    public static GatewaySettings behind(String... proxies) {
        return of(GatewaySettings.Mode.REHEARSAL, NO_STAFF, NOWHERE, List.of(proxies), "", "");
    }

    /** Settings of a deployment, which enforces limits, with this Redis. */
    public static GatewaySettings sharing(String redisUrl) {
        return of(GatewaySettings.Mode.DEPLOYED, NO_STAFF, NOWHERE, List.of(), redisUrl, "");
    }

    /** Settings of a rehearsal that stores its waiting rooms in this file. */
    public static GatewaySettings keepingRoomsIn(String file) {
        return of(GatewaySettings.Mode.REHEARSAL, NO_STAFF, NOWHERE, List.of(), "", file);
    }

    /** Settings of a rehearsal with these local accounts, and with a new key for staff tokens. */
    public static GatewaySettings withAccounts(String accounts) {
        return of(
                GatewaySettings.Mode.REHEARSAL,
                new GatewaySettings.StaffSettings(
                        newSigningKey(),
                        "",
                        "",
                        "",
                        "roles",
                        "",
                        "",
                        "",
                        new GatewaySettings.Passwords("", "", "", ""),
                        accounts,
                        SIGN_IN));
    }

    private static String newSigningKey() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            return Base64.getEncoder()
                    .encodeToString(generator.generateKeyPair().getPrivate().getEncoded());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    public static GatewaySettings of(GatewaySettings.Mode mode, GatewaySettings.StaffSettings staff) {
        return of(mode, staff, NOWHERE, List.of(), "", "");
    }

    private static GatewaySettings of(
            GatewaySettings.Mode mode,
            GatewaySettings.StaffSettings staff,
            GatewaySettings.Upstream services,
            List<String> proxies,
            String redisUrl,
            String roomFile) {
        Duration second = Duration.ofSeconds(1);
        return new GatewaySettings(
                mode,
                ServiceFixture.PUBLIC_URL,
                services,
                new GatewaySettings.Budgets(second, second, second, second, second, second, second, second),
                new GatewaySettings.Bulkheads(4, 3, 2, 1),
                new Binder().bindOrCreate("gateway.bodies", Bindable.of(GatewaySettings.Bodies.class)),
                staff,
                "https://checkout.stripe.com",
                proxies,
                LIMITS,
                redisUrl,
                new GatewaySettings.RoomSettings(ROOM_KEYS, 50, roomFile));
    }

    public static GatewaySettings of(GatewaySettings.Mode mode) {
        return of(mode, NO_STAFF);
    }
}
