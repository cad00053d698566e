CREATE DATABASE IF NOT EXISTS portal;
CREATE TABLE IF NOT EXISTS portal.users (name VARCHAR(64) PRIMARY KEY, password_hash VARCHAR(255) NOT NULL);
CREATE USER IF NOT EXISTS 'portal'@'10.77.0.20' IDENTIFIED BY 'portal-secret';
GRANT SELECT, INSERT, UPDATE ON portal.users TO 'portal'@'10.77.0.20';
INSERT IGNORE INTO portal.users (name, password_hash) VALUES ('anna', '$2y$04$/Bm75zgQ0aByp5huC2hgtetGj7nhqAMq7uBw9c567B.MIF3K.8Sta'), ('bertil', '$2y$04$/Bm75zgQ0aByp5huC2hgtetGj7nhqAMq7uBw9c567B.MIF3K.8Sta'), ('cecilia', '$2y$04$/Bm75zgQ0aByp5huC2hgtetGj7nhqAMq7uBw9c567B.MIF3K.8Sta'), ('david', '$2y$04$/Bm75zgQ0aByp5huC2hgtetGj7nhqAMq7uBw9c567B.MIF3K.8Sta'), ('erik', '$2y$04$/Bm75zgQ0aByp5huC2hgtetGj7nhqAMq7uBw9c567B.MIF3K.8Sta'), ('frida', '$2y$04$/Bm75zgQ0aByp5huC2hgtetGj7nhqAMq7uBw9c567B.MIF3K.8Sta'), ('victor', '$2y$04$/Bm75zgQ0aByp5huC2hgtetGj7nhqAMq7uBw9c567B.MIF3K.8Sta');
