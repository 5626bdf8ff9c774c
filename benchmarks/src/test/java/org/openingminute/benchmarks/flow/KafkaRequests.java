package org.openingminute.benchmarks.flow;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** Counts the requests to a broker, by the broker's own metrics. For one thread. */
final class KafkaRequests implements AutoCloseable {

    private static final String REQUESTS = "kafka.network:type=RequestMetrics,name=RequestsPerSec,*";

    private final JMXConnector connector;
    private final MBeanServerConnection beans;

    /** @param pid of a broker that does not run in a container */
    KafkaRequests(long pid) throws IOException, AttachNotSupportedException {
        VirtualMachine broker = VirtualMachine.attach(Long.toString(pid));
        try {
            connector = JMXConnectorFactory.connect(new JMXServiceURL(broker.startLocalManagementAgent()));
        } finally {
            broker.detach();
        }
        beans = connector.getMBeanServerConnection();
    }

    /** Returns the number of requests by kind. */
    Map<String, Double> counts() throws IOException {
        Map<String, Double> counts = new TreeMap<>();
        try {
            for (ObjectName name : beans.queryNames(new ObjectName(REQUESTS), null)) {
                counts.merge(
                        name.getKeyProperty("request"),
                        ((Number) beans.getAttribute(name, "Count")).doubleValue(),
                        Double::sum);
            }
        } catch (JMException e) {
            throw new IOException(e);
        }
        return counts;
    }

    @Override
    public void close() throws IOException {
        connector.close();
    }
}
