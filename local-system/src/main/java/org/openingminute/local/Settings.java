package org.openingminute.local;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The settings of a local system that a person chooses.
 *
 * @param checkout the folder of the sources, with what was built in it
 * @param dataFolder where the system keeps everything that survives a restart
 * @param ports where it listens
 * @param passwords of the built-in accounts, by the name of their variable
 * @param invented the passwords that were not chosen, and so have to be shown once
 * @param handedOn chosen variables of the parts, by the part's name
 */
public record Settings(
        Path checkout,
        Path dataFolder,
        Ports ports,
        Map<String, String> passwords,
        Map<String, String> invented,
        Map<String, Map<String, String>> handedOn) {

    private static final int DEFAULT_PORT = 8080;
    static final List<String> PASSWORDS =
            List.of("ORGANISER_PASSWORD", "FINANCE_PASSWORD", "CHECK_IN_PASSWORD", "OPERATOR_PASSWORD");
    private static final List<String> HANDED_ON_TO_ALL =
            List.of("LIMITS", "OTLP_ENABLED", "OTLP_ENDPOINT", "TRACES_SAMPLED");
    private static final Map<String, List<String>> HANDED_ON = Map.of(
            "registration-service",
            List.of(),
            "payment-service",
            List.of(
                    "PAYMENT_CARD_PROVIDER",
                    "STRIPE_API_KEY",
                    "STRIPE_WEBHOOK_SECRET",
                    "STRIPE_API_BASE",
                    "STRIPE_API_VERSION",
                    "STRIPE_CALLS_PER_SECOND",
                    "SELLER_NAME",
                    "SELLER_ADDRESS",
                    "SELLER_TAX_ID",
                    "INVOICE_PAY_TO",
                    "DOCUMENT_FONTS",
                    "BOOKS_CHECKED_EVERY"),
            "notification-service",
            List.of(
                    "DOCUMENT_FONTS",
                    "LETTER_SENDER_NAME",
                    "LETTER_SENDER_ADDRESS",
                    "LETTER_SIGNED_BY",
                    "LETTER_SIGNED_AS",
                    "LETTER_CONTACT"),
            "gateway",
            List.of("PAYMENT_PAGES", "REDIS_URL", "STAFF_ACCOUNTS"));
    private static final String ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789";
    private static final int PASSWORD_LENGTH = 16;

    public Settings {
        passwords = Map.copyOf(passwords);
        invented = Map.copyOf(invented);
        handedOn = Map.copyOf(handedOn);
    }

    /**
     * Reads {@code GATEWAY_PORT}, {@code DATA_DIR}, {@code GATEWAY_FILE}, the four passwords, and the services' own variables.
     *
     * @param checkout the folder of the sources
     * @param environment variables; an empty one counts as absent
     * @throws CannotRun if a value is invalid
     */
    public static Settings from(Path checkout, Map<String, String> environment) {
        Ports ports = new Ports(port(environment.getOrDefault("GATEWAY_PORT", "")));
        String folder = environment.getOrDefault("DATA_DIR", "");
        Path data = folder.isBlank() ? checkout.resolve(".data").resolve("" + ports.gateway()) : Path.of(folder);
        Map<String, String> passwords = new LinkedHashMap<>();
        Map<String, String> invented = new LinkedHashMap<>();
        SecureRandom random = new SecureRandom();
        for (String variable : PASSWORDS) {
            String chosen = environment.getOrDefault(variable, "");
            if (chosen.isEmpty()) {
                invented.put(variable, password(random));
            }
            passwords.put(variable, invented.getOrDefault(variable, chosen));
        }
        Settings settings = new Settings(
                checkout.toAbsolutePath().normalize(),
                data.toAbsolutePath().normalize(),
                ports,
                passwords,
                invented,
                HANDED_ON.entrySet().stream()
                        .collect(Collectors.toMap(Map.Entry::getKey, part -> chosen(environment, part.getValue()))));
        String file = environment.getOrDefault("GATEWAY_FILE", "");
        return file.isBlank()
                ? settings
                : settings.with(
                        "gateway",
                        Map.of(
                                "SPRING_CONFIG_ADDITIONALLOCATION",
                                "file:" + Path.of(file).toAbsolutePath()));
    }

    private static Map<String, String> chosen(Map<String, String> environment, List<String> variables) {
        Map<String, String> chosen = new LinkedHashMap<>(environment);
        chosen.keySet().removeIf(one -> !variables.contains(one) && !HANDED_ON_TO_ALL.contains(one));
        chosen.values().removeIf(String::isBlank);
        return chosen;
    }

    /**
     * Returns the settings with more variables for a part. They take precedence over the system's own, and also reach parts that get no
     * variables from the shell. For PostgreSQL they are server settings.
     */
    public Settings with(String part, Map<String, String> more) {
        Map<String, Map<String, String>> all = new LinkedHashMap<>(handedOn);
        Map<String, String> ofPart = new LinkedHashMap<>(handedOn(part));
        ofPart.putAll(more);
        all.put(part, ofPart);
        return new Settings(checkout, dataFolder, ports, passwords, invented, all);
    }

    /** Returns the variables chosen for a part. */
    public Map<String, String> handedOn(String part) {
        return handedOn.getOrDefault(part, Map.of());
    }

    /** Returns the public URL of the gateway. */
    public String url() {
        return "http://localhost:" + ports.gateway();
    }

    /** Returns the brokers' address in the format of Kafka's clients. */
    public String brokers() {
        return ports.brokers();
    }

    private static int port(String text) {
        if (text.isBlank()) {
            return DEFAULT_PORT;
        }
        try {
            return Integer.parseInt(text.strip());
        } catch (NumberFormatException e) {
            throw new CannotRun("GATEWAY_PORT must be a number, not '" + text + "'", e);
        }
    }

    /** Returns a password that a person can type. */
    static String password(SecureRandom random) {
        return random.ints(PASSWORD_LENGTH, 0, ALPHABET.length())
                .collect(StringBuilder::new, (text, at) -> text.append(ALPHABET.charAt(at)), StringBuilder::append)
                .toString();
    }

    /**
     * The ports of all parts, on loopback only. Only the gateway's port is chosen; the others are derived from it, so that two systems can
     * run side by side and a command finds the right one.
     *
     * @param gateway the only public port, 1 to 65535
     */
    record Ports(int gateway) {

        private static final int LOWEST = 10_000;
        /** Keeps the highest derived port below 32768, from where Linux assigns ports by itself. */
        private static final int GROUPS = 2_270;

        private static final int GROUP_SIZE = 10;

        Ports {
            if (gateway < 1 || gateway > 65_535) {
                throw new CannotRun("GATEWAY_PORT must be between 1 and 65535, not " + gateway);
            }
            int base = base(gateway);
            if (gateway >= base && gateway < base + GROUP_SIZE) {
                throw new CannotRun(
                        "GATEWAY_PORT " + gateway + " is one of the ports that are derived from it; take another");
            }
        }

        private static int base(int gateway) {
            return LOWEST + gateway % GROUPS * GROUP_SIZE;
        }

        int registration() {
            return base(gateway);
        }

        int payment() {
            return base(gateway) + 1;
        }

        int notification() {
            return base(gateway) + 2;
        }

        int kafka() {
            return base(gateway) + 3;
        }

        String brokers() {
            return "127.0.0.1:" + kafka();
        }

        int kafkaController() {
            return base(gateway) + 4;
        }

        int postgres() {
            return base(gateway) + 5;
        }

        int smtp() {
            return base(gateway) + 6;
        }

        int mailbox() {
            return base(gateway) + 7;
        }

        int control() {
            return base(gateway) + 8;
        }

        int gatewayManagement() {
            return base(gateway) + 9;
        }

        /** Returns every port that a child listens on, with its purpose. The control port is the launcher's own. */
        Map<Integer, String> ofChildren() {
            Map<Integer, String> ports = new LinkedHashMap<>();
            ports.put(gateway, "the gateway");
            ports.put(registration(), "registration-service");
            ports.put(payment(), "payment-service");
            ports.put(notification(), "notification-service");
            ports.put(kafka(), "Kafka");
            ports.put(kafkaController(), "Kafka's controller");
            ports.put(postgres(), "PostgreSQL");
            ports.put(smtp(), "the mail trap's SMTP");
            ports.put(mailbox(), "the mail trap's HTTP");
            ports.put(gatewayManagement(), "the gateway's management");
            return ports;
        }
    }
}
