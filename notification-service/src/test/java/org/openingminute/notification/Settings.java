package org.openingminute.notification;

import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** Builds settings as Spring Boot would: omitted ones have their defaults. */
public final class Settings {

    private Settings() {}

    /**
     * Returns the settings of a deployment.
     *
     * @param given names below {@code notification.} and their values, alternating
     */
    public static NotificationServiceSettings with(String... given) {
        Map<String, String> all = new HashMap<>(Map.of(
                "notification.mode", "deployed",
                "notification.public-url", "https://tickets.example.org",
                "notification.access-token-keys", "k1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE",
                "notification.smtp.host", "127.0.0.1",
                "notification.smtp.from", "registration@example.org"));
        for (int i = 0; i < given.length; i += 2) {
            all.put("notification." + given[i], given[i + 1]);
        }
        return new Binder(new MapConfigurationPropertySource(all))
                .bind("notification", NotificationServiceSettings.class)
                .get();
    }
}
