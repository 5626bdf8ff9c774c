package org.openingminute.notification;

import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** Settings as Spring Boot would make them: what is not said has its default. */
public final class Settings {

    private Settings() {}

    /**
     * A deployment's.
     *
     * @param said names below {@code notification.} and their values, in turn
     */
    public static NotificationServiceSettings with(String... said) {
        Map<String, String> all = new HashMap<>(Map.of(
                "notification.mode", "deployed",
                "notification.public-url", "https://tickets.example.org",
                "notification.access-token-keys", "k1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE",
                "notification.smtp.host", "127.0.0.1",
                "notification.smtp.from", "registration@example.org"));
        for (int i = 0; i < said.length; i += 2) {
            all.put("notification." + said[i], said[i + 1]);
        }
        return new Binder(new MapConfigurationPropertySource(all))
                .bind("notification", NotificationServiceSettings.class)
                .get();
    }
}
