package org.openingminute.local;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where everything listens, on loopback alone. One number is chosen, the gateway's; the others follow from it, so that
 * two systems run beside each other and a command finds the system that it is meant for.
 *
 * @param gateway the one public port, 1 to 65535
 */
record Ports(int gateway) {

    private static final int LOWEST = 10_000;
    /** The highest derived port stays below 32768, where Linux begins to hand out ports by itself. */
    private static final int GROUPS = 2_270;

    private static final int GROUP_SIZE = 10;

    Ports {
        if (gateway < 1 || gateway > 65_535) {
            throw new CannotRun("GATEWAY_PORT must be between 1 and 65535, not " + gateway);
        }
        int base = base(gateway);
        if (gateway >= base && gateway < base + GROUP_SIZE) {
            throw new CannotRun("GATEWAY_PORT " + gateway + " is one of the ports that follow from it; take another");
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

    int imap() {
        return base(gateway) + 7;
    }

    int control() {
        return base(gateway) + 8;
    }

    int gatewayManagement() {
        return base(gateway) + 9;
    }

    /** Every port that a child listens on, with what it is for. The control port is the launcher's own. */
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
        ports.put(imap(), "the mail trap's IMAP");
        ports.put(gatewayManagement(), "the gateway's management");
        return ports;
    }
}
